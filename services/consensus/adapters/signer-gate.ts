import { setTimeout as sleep } from 'node:timers/promises';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { digestBytes } from '#libs/chain/ids.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Statement } from '#libs/protocol/statement.ts';
import type { SignatureAnswer, SignerPort } from '#libs/replica/ports.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { LoadedChain } from './load-chain.ts';
import type { SignerClient } from './signer-client.ts';

/** A signer that starts together with this service needs a moment; one that is away must not keep reads away. */
const START_WAIT_MS = 10_000;
const RETRY_MS = 200;

export interface SignerGateParts {
  readonly signer: Pick<SignerClient, 'describe' | 'sign' | 'stop'>;
  readonly chain: Pick<LoadedChain, 'set' | 'me' | 'chainDigest'>;
  /** Newest view that the safety record of this member knew when the process started. */
  readonly recordedView: () => bigint;
  /** The member must not vote: it answers clients only. */
  readonly halt: (reason: string) => void;
  readonly log: Logger;
}

/**
 * Lets requests through to the signer once it is known to be this member's, for this chain, and not to have signed
 * more than the safety record knows. Until then they wait: the member is silent, never unsafe.
 */
export class SignerGate implements SignerPort, Lifecycle {
  readonly #parts: SignerGateParts;
  readonly #stopped = new AbortController();
  readonly #open = Promise.withResolvers<void>();
  #checking: Promise<void> = Promise.resolve();

  constructor(parts: SignerGateParts) {
    this.#parts = parts;
  }

  /** @throws AppError when the signer holds another key or is bound to another chain: nothing it signs has worth. */
  async start(): Promise<void> {
    const { signal } = this.#stopped;
    this.#checking = this.#check(signal);
    const late = sleep(START_WAIT_MS, 'late' as const, { signal, ref: false }).catch(() => undefined);
    if ((await Promise.race([this.#checking, late])) !== 'late') return;
    this.#parts.log.warn('signer does not answer: this member does not vote until it does', {
      waitedMs: START_WAIT_MS,
    });
    this.#checking = this.#checking.catch((error: unknown) => {
      this.#parts.halt(error instanceof Error ? error.message : String(error));
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#parts.signer.stop();
    await this.#checking.catch(() => undefined);
  }

  sign(statement: Statement, done: (answer: SignatureAnswer) => void): void {
    const ask = (): void => this.#parts.signer.sign(statement, done);
    this.#open.promise.then(ask, () => undefined);
  }

  /** Resolves once the signer was asked and judged, whichever way; throws for one that is not ours. */
  async #check(signal: AbortSignal): Promise<void> {
    const { signer, recordedView, halt } = this.#parts;
    while (!signal.aborted) {
      try {
        const facts = await signer.describe();
        this.#requireOurs(facts);
        if (facts.lastView <= recordedView()) return this.#open.resolve();
        return halt(forgotten(facts.lastView, recordedView()));
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #requireOurs({ publicKey, chainDigest }: GetSignerResponse): void {
    const { chain } = this.#parts;
    const member = chain.set.members[chain.me];
    if (member === undefined || !equalBytes(publicKey, member.publicKey)) {
      throw mismatch(`the signer holds another key than genesis.json names for ${member?.name}`);
    }
    if (!equalBytes(chainDigest, digestBytes(chain.chainDigest))) {
      throw mismatch('the signer is bound to another chain than genesis.json');
    }
  }
}

/** chain.db was lost, or put back from a copy: lock and highest certificate may be missing, so no vote is safe. */
function forgotten(signedView: bigint, recordedView: bigint): string {
  return (
    `the signer signed in view ${signedView}, but the safety record in chain.db ends at view ${recordedView}: chain.db ` +
    'is new, or an old copy. Put back the chain.db that this member used last, or give the member a new key by a ' +
    'membership change'
  );
}

function mismatch(fault: string): AppError {
  return new AppError(`${fault}: check CONSENSUS_SIGNER_ADDRESS and the signer's folder`, {
    code: 'CONSENSUS_SIGNER_MISMATCH',
  });
}
