import type { CallContext } from '#libs/grpc/context.ts';
import type {
  PutCertificateRequest,
  SignatureFromCore,
  SignRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Asked } from '../socket/signer-api.ts';
import { SignerError } from '../words/errors.ts';
import { CALLS_PER_CONNECTION_MAX } from '../words/limits.ts';
import { wholeCertificate } from './certificate-upload.ts';
import type { ClientGate } from './client-gate.ts';
import type { Operation } from './client-matrix.ts';
import { ClientTurns } from './client-turns.ts';
import type { ProtocolInForce } from './protocol-in-force.ts';
import type { SignerMeter } from './signer-metrics.ts';

export interface EdgeCallsOptions {
  readonly gate: ClientGate;
  readonly meter: SignerMeter;
  readonly inForce: ProtocolInForce;
  /** The longest certificate that the members can make. */
  readonly bytesMax: () => Promise<bigint>;
}

/** A request without a statement: no protocol has a kind without a name. */
const NOTHING = { kind: '', instance: 0n, view: 0n } as const;

/**
 * The steps around every call of a client: permission, its turn among the client's calls, and the count of its
 * outcome.
 */
export class EdgeCalls {
  readonly #options: EdgeCallsOptions;
  readonly #turns = new ClientTurns(CALLS_PER_CONNECTION_MAX);

  constructor(options: EdgeCallsOptions) {
    this.#options = options;
  }

  /** Runs `work` if this client has permission and a free turn. @throws SignerError, or the error of `work`. */
  admitted<Answer>(context: CallContext, operation: Operation, work: () => Promise<Answer>): Promise<Answer> {
    return this.#counted(() => {
      const client = this.#options.gate.admit(context, { operation });
      return this.#turns.call(client, work);
    });
  }

  /** A signature under a statement. Its kind is one of a protocol when it gets into a log or a metric: the gate has let it through. */
  signed(
    context: CallContext,
    { statement, scope }: SignRequest,
    sign: (asked: Asked) => Promise<SignatureFromCore>,
  ) {
    const { kind, instance, view } = statement ?? NOTHING;
    const { gate, meter } = this.#options;
    return this.#counted(() => {
      const client = gate.admit(context, { operation: 'sign', kind });
      return this.#turns.call(client, async () => {
        const asked = { patienceMs: patienceOf(context) };
        await this.#requireInForce(client, kind, scope?.epoch ?? 0n);
        const { signature, key, repeatedSignature } = await meter.signed(kind, () => sign(asked));
        context.log.debug('statement signed', { kind, instance, view, is_repeated: repeatedSignature });
        return { signature, key, repeatedSignature };
      });
    });
  }

  /** A kind that several protocols have is signed for a client that may sign it in the protocol of this epoch. */
  async #requireInForce(client: string, kind: string, epoch: bigint): Promise<void> {
    const { gate, inForce } = this.#options;
    if (!gate.isOfSeveral(kind)) return;
    const protocol = await inForce.of(epoch);
    if (protocol !== undefined) return gate.requireIn(client, kind, protocol);
    throw new SignerError(`${kind} of epoch ${epoch}: the key does not sign in that epoch`, {
      ...{ code: 'SIGNER_WRONG_EPOCH', kind, view: 0n, provenView: 0n },
      ...{ signed: undefined, markView: undefined },
    });
  }

  /** A certificate in pieces, handed to `put` when it is whole; this client's next certificate is read after that. */
  uploaded<Answer>(
    context: CallContext,
    pieces: AsyncIterable<PutCertificateRequest>,
    put: (whole: PutCertificateRequest) => Promise<Answer>,
  ): Promise<Answer> {
    const { gate, bytesMax } = this.#options;
    return this.#counted(() => {
      const client = gate.admit(context, { operation: 'certificate' });
      const onBytes = (bytes: number): void => gate.admitBytes(client, bytes);
      const upload = { pieces, signal: context.signal, bytesMax, onBytes };
      return this.#turns.upload(client, async () => put(await wholeCertificate(upload)));
    });
  }

  async #counted<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      this.#options.meter.refused(error);
      throw error;
    }
  }
}

/** How long the caller still waits, ms; undefined when the call has no deadline. */
function patienceOf({ deadline }: CallContext): number | undefined {
  return deadline === undefined ? undefined : deadline.getTime() - Date.now();
}
