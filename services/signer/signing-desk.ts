import type { Digest } from '#libs/chain/ids.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { Decision, RefusalReason, RepeatDecision, SignDecision } from '#libs/custody/decision.ts';
import type { Slot } from '#libs/custody/slot.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import type { AuditEntry } from './core/audit-entry.ts';
import { auditOf, auditOfDecision } from './core/audit-of.ts';
import { SignerError } from './core/errors.ts';
import { refusalError } from './core/refusal.ts';
import { OPERATOR_URGENCY, SigningQueue, type Urgency, urgencyOf } from './core/signing-queue.ts';
import type { KeyVault } from './key-vault.ts';
import type { CustodyLedger, EpochFacts } from './ports.ts';

export interface SigningReply {
  readonly signature: Uint8Array;
  /** Whether these bytes were made for an earlier request. */
  readonly isRepeated: boolean;
}

export interface SigningDeskOptions {
  readonly key: Pick<KeyVault, 'refusal' | 'sign'>;
  readonly ledger: CustodyLedger;
  readonly custodian: Custodian;
  /** Signatures at once: one per core. */
  readonly inFlightMax: number;
  readonly queueMax: number;
  /** The record could not be written, so it is unknown what the disk holds: the process must end (signer.md G3). */
  readonly onRecordLost: (cause: unknown) => void;
}

/**
 * Takes requests in the order of their arrival: judge, record durably with its audit row, sign, store, reply. Judging
 * and recording happen at once and together, without a wait in between; only signing waits for a core, the most urgent first. So nothing is
 * judged on a state that the disk does not have, and no record waits behind a signature. No audit row, no signature.
 */
export class SigningDesk {
  readonly #options: SigningDeskOptions;
  readonly #cores: SigningQueue;
  /** Signatures under way, so that a repeat waits for the first instead of making a second. */
  readonly #underWay = new Map<Digest, Promise<Uint8Array>>();
  #isOpen = true;

  constructor(options: SigningDeskOptions) {
    this.#options = options;
    const { inFlightMax, queueMax: waitingMax } = options;
    this.#cores = new SigningQueue({ inFlightMax, waitingMax, displaced: () => overloaded(waitingMax) });
  }

  /** @throws SignerError; no slot was taken then, unless a slot rule says that it was taken before. */
  async sign(request: CustodyRequest): Promise<SigningReply> {
    const { custodian } = this.#options;
    this.#requireSigning();
    const decision = custodian.decide(request);
    const entry = auditOfDecision(decision, request.session);
    switch (decision.kind) {
      case 'refuse':
        this.#note(entry);
        throw refusalError(decision);
      case 'repeat':
        this.#note(entry);
        return this.#repeat(decision);
      case 'sign':
        this.#admit(urgencyIn(decision));
        this.#record(decision, entry);
        return { signature: await this.#produce(decision), isRepeated: false };
    }
  }

  /** Takes over a state that no signature brought about, durably. */
  change(next: CustodyState, entry: AuditEntry): void {
    if (!this.#isOpen) throw notSigning();
    const { ledger, custodian } = this.#options;
    this.#orStop(() => ledger.change(next, entry));
    custodian.replace(next);
  }

  /**
   * Signs a vote for a change of the membership, of an epoch that is not over for this key. It is bound to chain, protocol,
   * epoch and change, takes no slot and contradicts nothing: nothing is recorded.
   * @throws SignerError
   */
  async signMembershipVote(change: MembershipChange): Promise<Uint8Array> {
    const { custodian } = this.#options;
    const { state, context } = custodian;
    this.#requireSigning();
    const digest = changeDigest(change);
    const reason = voteFault(change, state);
    this.#note({
      ...auditOf(state, reason ?? 'MEMBERSHIP_VOTE', 'membership-vote', digest),
      epoch: change.epoch,
    });
    if (reason !== undefined) {
      const facts = { view: 0n, kind: 'membership-vote', signed: undefined, markView: undefined };
      throw new SignerError('this key signs no vote for a change of another chain or an epoch that is over', {
        code: `SIGNER_${reason}`,
        ...facts,
        provenView: state.proven,
      });
    }
    this.#admit(OPERATOR_URGENCY);
    const message = membershipSigningBytes(context.table.protocol, change, digest);
    return this.#cores.run(() => this.#made(message), OPERATOR_URGENCY);
  }

  /** Begins an epoch, durably. */
  advance(
    next: CustodyState,
    { context, ...facts }: EpochFacts & Pick<Custodian, 'context'>,
    entry: AuditEntry,
  ): void {
    if (!this.#isOpen) throw notSigning();
    const { ledger, custodian } = this.#options;
    this.#orStop(() => ledger.advance(next, facts, entry));
    custodian.enter(context, next);
  }

  /**
   * Waits for the signatures that a core is making, and begins no other: what waits for a core is recorded, and is
   * signed when it is asked for again after the next start.
   */
  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.allSettled(this.#underWay.values());
  }

  #requireSigning(): void {
    if (!this.#isOpen) throw notSigning();
    const { refusal } = this.#options.key;
    if (refusal !== undefined) throw refusal;
  }

  #note(entry: AuditEntry): void {
    this.#orStop(() => this.#options.ledger.note(entry));
  }

  async #repeat(decision: RepeatDecision): Promise<SigningReply> {
    const underWay = this.#underWay.get(decision.digest);
    if (underWay !== undefined) return { signature: await underWay, isRepeated: true };
    const stored = this.#options.ledger.signatureIn(decision.slot);
    if (stored !== undefined) return { signature: stored, isRepeated: true };
    // A crash came between record and signature. The slot is this statement's: signing it is what was promised.
    this.#admit(urgencyIn(decision));
    return { signature: await this.#produce(decision), isRepeated: false };
  }

  /** Before anything is recorded: what is refused here took no slot. */
  #admit(urgency: Urgency): void {
    if (!this.#cores.hasPlaceFor(urgency)) throw overloaded(this.#cores.waiting);
  }

  #record(decision: SignDecision, entry: AuditEntry): void {
    const { ledger, custodian } = this.#options;
    this.#orStop(() => ledger.record(decision, entry));
    custodian.commit(decision);
  }

  #produce(decision: Exclude<Decision, { kind: 'refuse' }>): Promise<Uint8Array> {
    const { slot, digest, message } = decision;
    const stored = this.#cores
      .run(() => this.#made(message), urgencyIn(decision))
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

function urgencyIn({ slot: { kind, view } }: Exclude<Decision, { kind: 'refuse' }>): Urgency {
  return urgencyOf(kind, view);
}

function overloaded(waiting: number): SignerError {
  return new SignerError('too many requests wait for a signature', { code: 'SIGNER_OVERLOADED', waiting });
}

function voteFault(change: MembershipChange, state: CustodyState): RefusalReason | undefined {
  if (state.mode !== 'active') return 'QUARANTINED';
  if (change.chain !== state.chain) return 'WRONG_CHAIN';
  return change.epoch < state.epoch ? 'WRONG_EPOCH' : undefined;
}

function notSigning(): SignerError {
  return new SignerError('the signer is not signing any more', { code: 'SIGNER_UNAVAILABLE' });
}
