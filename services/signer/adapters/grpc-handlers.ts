import type { CallContext } from '#libs/grpc/context.ts';
import { type BoundService, bindService } from '#libs/grpc/service.ts';
import type { Logger } from '#libs/log/logger.ts';
import { Phase } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  type PutCertificateRequest,
  SignerServiceDefinition,
  type SignVoteResponse,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Operation } from '../core/client-matrix.ts';
import { SignerError } from '../core/errors.ts';
import {
  CALLS_AT_ONCE_MAX,
  CERTIFICATE_BYTES_MAX,
  CERTIFICATES_AT_ONCE_MAX,
  CHUNK_BYTES_MAX,
} from '../limits.ts';
import type { SignerApi } from '../signer-api.ts';
import type { ClientGate } from './client-gate.ts';
import { SIGNER_STATUS } from './grpc-status.ts';
import type { SignerMeter } from './signer-metrics.ts';

export interface SignerServiceOptions {
  readonly api: SignerApi;
  readonly gate: ClientGate;
  readonly meter: SignerMeter;
  readonly log: Logger;
}

/** The signer's API: who asks, how much of it, and then the core, which judges. */
export function signerService({ api, gate, meter, log }: SignerServiceOptions): BoundService {
  const certificates = new Places(CERTIFICATES_AT_ONCE_MAX);
  const calls = new Places(CALLS_AT_ONCE_MAX);
  const signed = (
    context: CallContext,
    { kind, view, ...asked }: { readonly kind: string; readonly view: bigint; readonly operation: Operation },
    sign: () => Promise<SignVoteResponse>,
  ) => {
    gate.admit(context, asked.operation === 'vote' ? { ...asked, phase: kind } : asked);
    return calls.hold(() =>
      meter.measure(kind, async () => {
        const reply = await sign();
        context.log.debug('statement signed', { kind, view, isRepeated: reply.repeatedSignature });
        return reply;
      }),
    );
  };
  return bindService(
    SignerServiceDefinition,
    {
      getSigner: async (_request, context) => {
        gate.admit(context, { operation: 'describe' });
        return api.getSigner();
      },
      openSession: async (_request, context) => {
        gate.admit(context, { operation: 'session' });
        const opened = await api.openSession();
        context.log.info('session opened', { session: opened.session, peer: context.peer });
        return opened;
      },
      async *putCertificate(pieces, context) {
        gate.admit(context, { operation: 'certificate' });
        yield await certificates.hold(async () => api.putCertificate(await wholeCertificate(pieces)));
      },
      signProposal: async (request, context) =>
        signed(context, { operation: 'proposal', kind: 'proposal', view: request.view }, () =>
          api.signProposal(request),
        ),
      signVote: async (request, context) =>
        signed(
          context,
          { operation: 'vote', kind: KINDS[request.phase] ?? 'unknown', view: request.view },
          () => api.signVote(request),
        ),
      signTimeout: async (request, context) =>
        signed(context, { operation: 'timeout', kind: 'timeout', view: request.view }, () =>
          api.signTimeout(request),
        ),
      signMembershipVote: async (request, context) => {
        gate.admit(context, { operation: 'membership' });
        const reply = await calls.hold(() => api.signMembershipVote(request));
        context.log.info('vote for a change of the membership signed');
        return reply;
      },
    },
    { log, statusByCode: SIGNER_STATUS },
  );
}

/** Words of the metrics: bounded, whatever is asked. */
const KINDS: Readonly<Record<number, string>> = {
  [Phase.PREPARE]: 'prepare',
  [Phase.PRE_COMMIT]: 'pre-commit',
  [Phase.COMMIT]: 'commit',
};

/** Joins the pieces of a certificate, within bounds. */
async function wholeCertificate(
  pieces: AsyncIterable<PutCertificateRequest>,
): Promise<PutCertificateRequest> {
  let first: PutCertificateRequest | undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    first ??= piece;
    bytes += piece.chunk.length;
    const isWithin = piece.chunk.length <= CHUNK_BYTES_MAX && bytes <= CERTIFICATE_BYTES_MAX;
    if (!isWithin || piece.chunk.length === 0) {
      throw new SignerError('malformed request: chunk', { code: 'SIGNER_MALFORMED', field: 'chunk' });
    }
    chunks.push(piece.chunk);
  }
  if (first === undefined) {
    throw new SignerError('malformed request: no piece came', { code: 'SIGNER_MALFORMED', field: 'chunk' });
  }
  return { ...first, chunk: chunks.length === 1 ? first.chunk : Buffer.concat(chunks) };
}

/** A number of places: who finds none free is turned away. */
class Places {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#taken >= this.#max) {
      throw new SignerError('too many calls at one time', {
        code: 'SIGNER_OVERLOADED',
        waiting: this.#taken,
      });
    }
    this.#taken += 1;
    try {
      return await work();
    } finally {
      this.#taken -= 1;
    }
  }
}
