import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, digestBytes, type Epoch, type View } from '#libs/chain/ids.ts';
import { type ClientTls, grpcClient, RemoteError } from '#libs/grpc/client.ts';
import type { TlsMaterial } from '#libs/grpc/tls-files.ts';
import type { Logger } from '#libs/log/logger.ts';
import {
  type GetSignerResponse,
  SignerServiceDefinition,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Statement } from '#libs/protocol/statement.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { phaseToWire } from '#libs/wire/certificate.ts';

/** A small set signs for a second, and more when the host is busy. */
const SIGN_DEADLINE_MS = 30_000;
const DESCRIBE_DEADLINE_MS = 2_000;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 2_000;

/** States of a call that say nothing about the request: the signer is away, busy or restarting. */
const RETRIED = new Set(['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED']);

export interface SignerClientOptions {
  readonly address: string;
  readonly tls: ClientTls;
  readonly chain: Digest;
  /** Joins the lines of the signer with those of the view that it signs in. */
  readonly traceIdOf: (view: View) => string;
  readonly log: Logger;
}

/** The signer of this member, in its own process. While it is away, requests wait: the member only falls silent. */
export class SignerClient {
  readonly #options: SignerClientOptions;
  readonly #client;
  #stopped = false;

  constructor(options: SignerClientOptions) {
    this.#options = options;
    const { address, tls } = options;
    this.#client = grpcClient(SignerServiceDefinition, { address, tls, deadlineMs: SIGN_DEADLINE_MS });
  }

  /** Which key the signer holds. @throws RemoteError when it cannot be reached. */
  describe(): Promise<GetSignerResponse> {
    return this.#client.getSigner({}, { deadlineMs: DESCRIBE_DEADLINE_MS });
  }

  sign(statement: Statement, epoch: Epoch, done: (answer: SignatureAnswer) => void): void {
    this.#signUntilAnswered(statement, epoch).then(
      (answer) => answer && done(answer),
      (error: unknown) => this.#options.log.error('signer client failed', error),
    );
  }

  /** Requests from now on go with this certificate; one that is under way and is cut off is asked again. */
  renewTls(tls: TlsMaterial): void {
    const { serverName } = this.#options.tls;
    this.#client.renewTls({ ...tls, ...(serverName === undefined ? {} : { serverName }) });
  }

  stop(): void {
    this.#stopped = true;
    this.#client.close();
  }

  /** @returns undefined when stopped before there was an answer. */
  async #signUntilAnswered(statement: Statement, epoch: Epoch): Promise<SignatureAnswer | undefined> {
    for (let delayMs = RETRY_MS_MIN; !this.#stopped; delayMs = Math.min(2 * delayMs, RETRY_MS_MAX)) {
      try {
        const { signature } = await this.#request(statement, epoch);
        return { kind: 'signed', signature };
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        if (!RETRIED.has(error.detail.status)) return { kind: 'refused', reason: error.message };
        if (delayMs === RETRY_MS_MIN) {
          this.#options.log.warn('signer does not answer, asking again', { status: error.detail.status });
        }
        await sleep(delayMs, undefined, { ref: false });
      }
    }
    return undefined;
  }

  #request(statement: Statement, epoch: Epoch): Promise<{ readonly signature: Uint8Array }> {
    const scope = { chainDigest: digestBytes(this.#options.chain), epoch };
    const { view } = statement;
    const options = { traceId: this.#options.traceIdOf(view) };
    switch (statement.kind) {
      case 'timeout': {
        const { highView, highDigest } = statement;
        const request = { scope, view, highView, highBlockDigest: digestBytes(highDigest) };
        return this.#client.signTimeout(request, options);
      }
      case 'proposal': {
        const { height, digest } = statement;
        const request = { scope, view, height, blockDigest: digestBytes(digest) };
        return this.#client.signProposal(request, options);
      }
      default: {
        const { kind, height, digest } = statement;
        const phase = phaseToWire(kind);
        const request = { scope, phase, view, height, blockDigest: digestBytes(digest) };
        return this.#client.signVote(request, options);
      }
    }
  }
}
