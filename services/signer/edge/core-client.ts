import { AppError } from '#libs/errors/app-error.ts';
import { METHODS } from '../socket/core-frames.ts';
import { FrameLink } from '../socket/frame-link.ts';
import type { SignerApi } from '../socket/signer-api.ts';
import type { SignerErrorDetail } from '../words/errors.ts';
import { CORE_CALL_MS_MAX, CORE_FRAME_BYTES_MAX } from '../words/limits.ts';
import { SIGNER_STATUS } from './grpc-status.ts';

/** A refusal of the core, as far as it goes through a socket: its code and its sentence. */
class CoreRefusal extends AppError<{ readonly code: SignerErrorDetail['code'] }> {
  override readonly name = 'CoreRefusal';
}

export interface CoreClient extends SignerApi {
  close(): void;
}

/** The core on the other side of its socket. */
export function coreClient(path: string): CoreClient {
  const link = new FrameLink({
    path,
    frameBytesMax: CORE_FRAME_BYTES_MAX,
    deadlineMs: CORE_CALL_MS_MAX,
    refusal,
    unreachable: unavailable,
  });
  const { getSigner, openSession, putCertificate, sign } = METHODS;
  return {
    getSigner: () => link.call(getSigner, {}),
    openSession: () => link.call(openSession, {}),
    putCertificate: (request) => link.call(putCertificate, request),
    sign: (request, asked) => link.call(sign, request, asked?.patienceMs),
    signMembershipVote: (request) => link.call(METHODS.signMembershipVote, request),
    signAutomaticVote: (request) => link.call(METHODS.signAutomaticVote, request),
    close: () => link.close(),
  };
}

function refusal(code: string, sentence: string): CoreRefusal {
  return isCode(code)
    ? new CoreRefusal(sentence, { code })
    : unavailable('the answer of the core is not a refusal');
}

function isCode(code: string): code is SignerErrorDetail['code'] {
  return Object.hasOwn(SIGNER_STATUS, code);
}

function unavailable(message: string): CoreRefusal {
  return new CoreRefusal(message, { code: 'SIGNER_UNAVAILABLE' });
}
