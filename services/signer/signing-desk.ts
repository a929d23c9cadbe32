import { assert } from '#libs/assert/assert.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { Semaphore } from '#libs/crypto/semaphore.ts';
import type { SigningKey } from '#libs/crypto/signature-scheme.ts';
import { repeatableFrom } from '#libs/custody/custody-state.ts';
import type { RepeatDecision, SignDecision } from '#libs/custody/decide.ts';
import type { Slot } from '#libs/custody/slot.ts';
import type { SlotRegister } from '#libs/custody/slot-register.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import type { SigningScope, Statement } from '#libs/protocol/statement.ts';
import { SignerError } from './core/errors.ts';
import { refusalError } from './core/refusal.ts';
import type { SlotLedger } from './ports.ts';

/** A statement to sign, and for which chain and epoch. */
export interface SigningRequest {
  readonly scope: Omit<SigningScope, 'protocol'>;
  readonly statement: Statement;
}

export interface SigningReply {
  readonly signature: Uint8Array;
  /** Whether these bytes were made for an earlier request. */
  readonly isRepeated: boolean;
}

export interface SigningDeskOptions {
  readonly key: SigningKey;
  readonly chain: Digest;
  readonly ledger: SlotLedger;
  readonly register: SlotRegister;
  /** Signatures at once: one per core. */
  readonly inFlightMax: number;
  readonly queueMax: number;
  /** The record could not be written, so it is unknown what the disk holds: the process must end (signer.md G3). */
  readonly onRecordLost: (cause: unknown) => void;
}

/**
 * Takes requests in the order of their arrival: judge, record durably, sign, store, reply. Judging and recording
 * happen at once and together, without a wait in between; only signing waits for a core. So nothing is judged on
 * a state that the disk does not have, and no record waits behind a signature.
 */
export class SigningDesk {
  readonly #options: SigningDeskOptions;
  readonly #cores: Semaphore;
  /** Signatures under way, so that a repeat waits for the first instead of making a second. */
  readonly #underWay = new Map<Digest, Promise<Uint8Array>>();
  #isOpen = true;

  constructor(options: SigningDeskOptions) {
    this.#options = options;
    this.#cores = new Semaphore({ permits: options.inFlightMax, waitingMax: options.queueMax });
  }

  /** @throws SignerError; nothing was recorded then, unless a slot rule says that it was recorded before. */
  async sign({ scope, statement }: SigningRequest): Promise<SigningReply> {
    const { chain, register } = this.#options;
    if (!this.#isOpen) throw notSigning();
    if (scope.chain !== chain) {
      throw new SignerError('this key is bound to another chain', { code: 'SIGNER_WRONG_CHAIN' });
    }
    const decision = register.decide(statement, scope.epoch);
    switch (decision.kind) {
      case 'refuse':
        throw refusalError(decision);
      case 'repeat':
        return this.#repeat(decision);
      case 'sign':
        this.#admit();
        this.#record(decision);
        return { signature: await this.#produce(decision), isRepeated: false };
    }
  }

  /**
   * Signs a vote for a change of the membership, of an epoch that is not over for this key. It is bound to chain, protocol,
   * epoch and change, takes no slot and contradicts nothing: nothing is recorded.
   * @throws SignerError
   */
  async signMembershipVote(change: MembershipChange): Promise<Uint8Array> {
    const { chain, register } = this.#options;
    if (!this.#isOpen) throw notSigning();
    if (change.chain !== chain) {
      throw new SignerError('this key is bound to another chain', { code: 'SIGNER_WRONG_CHAIN' });
    }
    const markEpoch = register.mark?.epoch ?? 0n;
    if (change.epoch < markEpoch) {
      throw new SignerError(`epoch ${change.epoch} is over: epoch ${markEpoch} was signed in`, {
        code: 'SIGNER_WRONG_EPOCH',
        epoch: change.epoch,
        markEpoch,
      });
    }
    this.#admit();
    const message = membershipSigningBytes(register.state.protocol, change, changeDigest(change));
    const signature = this.#cores.run(() => this.#made(message));
    assert(signature !== undefined, 'a request was admitted before');
    return signature;
  }

  /**
   * Waits for the signatures that a core is making, and begins no other: what waits for a core is recorded, and is
   * signed when it is asked for again after the next start.
   */
  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.allSettled(this.#underWay.values());
  }

  async #repeat(decision: RepeatDecision): Promise<SigningReply> {
    const underWay = this.#underWay.get(decision.digest);
    if (underWay !== undefined) return { signature: await underWay, isRepeated: true };
    const stored = this.#options.ledger.signatureIn(decision.slot);
    if (stored !== undefined) return { signature: stored, isRepeated: true };
    // A crash came between record and signature. The slot is this statement's: signing it is what was promised.
    this.#admit();
    return { signature: await this.#produce(decision), isRepeated: false };
  }

  #admit(): void {
    const { waiting } = this.#cores;
    if (waiting < this.#options.queueMax) return;
    throw new SignerError('too many requests wait for a signature', { code: 'SIGNER_OVERLOADED', waiting });
  }

  #record(decision: SignDecision): void {
    const { ledger, register } = this.#options;
    this.#orStop(() => ledger.record(decision, repeatableFrom(decision.slot)));
    register.commit(decision);
  }

  #produce({ slot, digest, message }: SignDecision | RepeatDecision): Promise<Uint8Array> {
    const running = this.#cores.run(() => this.#made(message));
    assert(running !== undefined, 'a request was admitted before it was recorded');
    const stored = running
      .then((signature) => this.#stored(slot, signature))
      .finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, stored);
    return stored;
  }

  async #made(message: Uint8Array): Promise<Uint8Array> {
    if (!this.#isOpen) throw notSigning();
    return this.#options.key.sign(message);
  }

  #stored(slot: Slot, signature: Uint8Array): Uint8Array {
    this.#orStop(() => this.#options.ledger.storeSignature(slot, signature));
    return signature;
  }

  /** After a failed write nobody knows what the disk holds, so nothing is signed any more. */
  #orStop(write: () => void): void {
    try {
      write();
    } catch (cause) {
      this.#isOpen = false;
      this.#options.onRecordLost(cause);
      throw new SignerError('the record could not be written', { code: 'SIGNER_UNAVAILABLE' }, { cause });
    }
  }
}

function notSigning(): SignerError {
  return new SignerError('the signer is not signing any more', { code: 'SIGNER_UNAVAILABLE' });
}
