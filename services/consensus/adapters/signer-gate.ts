import { setTimeout as sleep } from 'node:timers/promises';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { type Digest, digestBytes, type Epoch } from '#libs/chain/ids.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import type { AppError } from '#libs/errors/app-error.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { comparePositions } from '#libs/protocol/vote/position.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { SignerClient } from './signer-client.ts';
import {
  forgottenReason,
  inactive,
  isMismatch,
  type RecordedPlace,
  signedPlace,
  signerMismatch,
} from './signer-gate-reasons.ts';
import type { SigningOrder } from './signing-order.ts';

/**
 * Time for a signer that starts together with this service; a signer that is away longer must not keep clients
 * from reading.
 */
const START_WAIT_MS = 10_000;
const RETRY_MS = 200;

export interface SignerGateParts {
  readonly signer: Pick<SignerClient, 'describe' | 'openSession' | 'follow' | 'sign' | 'prove' | 'stop'>;
  readonly chainDigest: Digest;
  /** Name and key by which the current members know this member; undefined while it is none of them. */
  readonly ownKey: () => { readonly name: string; readonly publicKey: Uint8Array } | undefined;
  /** The epoch that this member is in. */
  readonly epoch: () => Epoch;
  /** The newest position in the safety record of this member when the process started. */
  readonly recorded: () => RecordedPlace;
  /** The member must not vote: it answers clients only. */
  readonly halt: (reason: string, cause: HaltCause) => void;
  readonly log: Logger;
}

/**
 * Lets requests through to the signer once two things are known: the signer is this member's, for this chain, and has
 * signed nothing beyond the safety record; and it signs for this process and no other. Until then the requests wait:
 * the member is silent, never unsafe.
 */
export class SignerGate implements Lifecycle {
  readonly #parts: SignerGateParts;
  readonly #stopped = new AbortController();
  readonly #open = Promise.withResolvers<void>();
  #isOpen = false;
  #checking: Promise<void> = Promise.resolve();
  /** The key of the signer, once it is known. */
  #publicKey: Uint8Array | undefined;
  #identifying: Promise<void> | undefined;

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
      waited_ms: START_WAIT_MS,
    });
    this.#checking = this.#checking.catch((error: unknown) => this.#haltFor(error));
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#parts.signer.stop();
    await this.#checking.catch(() => undefined);
  }

  sign(order: SigningOrder, done: (answer: SignatureAnswer) => void): void {
    const ask = (): void => {
      if (this.#keyFault(this.#publicKey) === undefined) return this.#parts.signer.sign(order, done);
      this.#identified().then(
        () => this.#parts.signer.sign(order, done),
        // A member that joins with another key than its signer's is found out with its first vote.
        (error: unknown) => this.#haltFor(error),
      );
    };
    this.#open.promise.then(ask, () => undefined);
  }

  /** Answers no at once as long as the signer is not known to be the right one. */
  prove(certificate: QuorumCertificate, epoch: Epoch, done: (isProved: boolean) => void): void {
    if (!this.#isOpen || this.#keyFault(this.#publicKey) !== undefined) return done(false);
    this.#parts.signer.prove(certificate, epoch).then(done, (error: unknown) => {
      this.#parts.log.error('signer client failed', error);
      done(false);
    });
  }

  /** Resolves once the signer was asked and judged, with either result; throws for a signer that is not ours. */
  async #check(signal: AbortSignal): Promise<void> {
    const { signer, recorded, halt } = this.#parts;
    while (!signal.aborted) {
      try {
        const found = await signer.describe();
        this.#requireChain(found);
        if (found.mode !== 'active') return halt(...inactive(found.mode));
        const facts = await this.#ours(found);
        const known = recorded();
        const signed = signedPlace(facts);
        const isSameEpoch = signed.epoch === known.epoch;
        const isKnown = isSameEpoch ? comparePositions(signed, known) <= 0 : signed.epoch < known.epoch;
        if (!isKnown) return halt(forgottenReason(signed, known), 'record');
        await signer.openSession();
        this.#isOpen = true;
        return this.#open.resolve();
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The signer with the key of this epoch: it may have rotated, and not heard yet that the epoch began. */
  async #ours(found: GetSignerResponse): Promise<GetSignerResponse> {
    const { signer, epoch } = this.#parts;
    let facts = found;
    if (this.#keyFault(found.publicKey) !== undefined && found.epoch < epoch()) {
      await signer.openSession();
      facts = await signer.follow(epoch());
    }
    const fault = this.#keyFault(facts.publicKey);
    if (fault !== undefined) throw fault;
    this.#publicKey = facts.publicKey;
    return facts;
  }

  /** Asks until it is known which key the signer has now; several requests at once ask once. */
  #identified(): Promise<void> {
    this.#identifying ??= this.#identify().finally(() => {
      this.#identifying = undefined;
    });
    return this.#identifying;
  }

  async #identify(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.#ours(await this.#parts.signer.describe());
        return;
      } catch (error) {
        const isAway = error instanceof RemoteError && error.detail.status !== 'FAILED_PRECONDITION';
        if (!isAway) throw error;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #haltFor(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#parts.halt(reason, isMismatch(error) ? 'mismatch' : 'other');
  }

  #requireChain({ chainDigest }: GetSignerResponse): void {
    if (!equalBytes(chainDigest, digestBytes(this.#parts.chainDigest))) {
      throw signerMismatch('the signer is bound to another chain than genesis.json');
    }
  }

  #keyFault(publicKey: Uint8Array | undefined): AppError | undefined {
    const own = this.#parts.ownKey();
    if (own === undefined || (publicKey !== undefined && equalBytes(publicKey, own.publicKey)))
      return undefined;
    return signerMismatch(`the signer holds another key than the federation knows ${own.name} by`);
  }
}
