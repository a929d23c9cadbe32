import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { SignerError } from '../words/errors.ts';
import { CORE_FRAME_BYTES_MAX, EDGES_MAX } from '../words/limits.ts';
import { requestIn } from './bounded-message.ts';
import { METHODS } from './core-frames.ts';
import { FrameServer, type SocketAccess } from './frame-server.ts';
import type { Asked, SignerApi } from './signer-api.ts';

export interface CoreSocketOptions {
  readonly path: string;
  readonly access: SocketAccess;
  readonly api: SignerApi;
  readonly log: Logger;
}

/** The way into the core for the edge: it asks for signatures, and can ask for nothing else. */
export function coreSocket({ path, access, api, log }: CoreSocketOptions): Lifecycle {
  return new FrameServer({
    ...{ path, access, log, caller: 'edge', connectionsMax: EDGES_MAX, frameBytesMax: CORE_FRAME_BYTES_MAX },
    answer: (byte, content, patienceMs) => called(api, { byte, content, asked: { patienceMs } }),
  });
}

interface CoreCall {
  readonly byte: number;
  readonly content: Uint8Array;
  readonly asked: Asked;
}

async function called(api: SignerApi, { byte, content, asked }: CoreCall): Promise<Uint8Array> {
  const { getSigner, openSession, putCertificate, sign } = METHODS;
  const { signMembershipVote, signAutomaticVote } = METHODS;
  switch (byte) {
    case getSigner.byte:
      return getSigner.response.encode(await api.getSigner()).finish();
    case openSession.byte:
      return openSession.response.encode(await api.openSession()).finish();
    case putCertificate.byte: {
      const request = requestIn(putCertificate.request, content);
      return putCertificate.response.encode(await api.putCertificate(request)).finish();
    }
    case sign.byte:
      return sign.response.encode(await api.sign(requestIn(sign.request, content), asked)).finish();
    case signMembershipVote.byte: {
      const request = requestIn(signMembershipVote.request, content);
      return signMembershipVote.response.encode(await api.signMembershipVote(request)).finish();
    }
    case signAutomaticVote.byte: {
      const request = requestIn(signAutomaticVote.request, content);
      return signAutomaticVote.response.encode(await api.signAutomaticVote(request)).finish();
    }
    default:
      throw new SignerError(`malformed request: no method ${byte}`, {
        code: 'SIGNER_MALFORMED',
        field: 'method',
      });
  }
}
