import type { Digest } from '#libs/chain/ids.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { Decision, RepeatDecision, SignDecision } from '#libs/custody/decision.ts';
import { changeDigest } from '#libs/membership/change.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import { type KeySignature, keySignatureOf } from '#libs/protocol/signed.ts';
import type { Slot } from '#libs/protocol/vote/slot.ts';
import type { KeyVault } from '../key/key-vault.ts';
import type { AuditEntry } from '../record/rules/audit-entry.ts';
import { auditOf, auditOfDecision } from '../record/rules/audit-of.ts';
import type { CustodyLedger, EpochBasis } from '../record/rules/custody-ledger.ts';
import { SignerError } from '../words/errors.ts';
import { automaticFault } from './rules/automatic-vote.ts';
import { refusalError } from './rules/refusal.ts';
import { SigningPace, type SigningTiming } from './rules/signing-pace.ts';
import { OPERATOR_URGENCY, SigningQueue, type Urgency, urgencyOf } from './rules/signing-queue.ts';
import { type WantedVote, wantedVoteFault } from './rules/vote-rules.ts';

export interface SigningReply extends KeySignature {
  /** Whether these bytes were made for an earlier request. */
  readonly isRepeated: boolean;
  /** Times of the signature, when it was made for this request. */
  readonly timing?: SigningTiming;
}

/** A signature that was made now. */
interface Produced extends KeySignature {
  readonly waitMs: number;
  readonly signMs: number;
}

export interface SigningDeskOptions {
  readonly key: Pick<KeyVault, 'refusal' | 'sign'>;
  readonly ledger: CustodyLedger;
  readonly custodian: Custodian;
  /** Signatures at once: one per core. */
  readonly inFlightMax: number;
  readonly queueMax: number;
  /**
   * The record could not be written, so the content of the disk is unknown: the process must end
   * (libs/custody/README.md G3).
   */
  readonly onRecordLost: (cause: unknown) => void;
}

/** The slot of a vote for a change of the members, which has none. */
const NO_SLOT = { view: 0n, kind: 'membership-vote', signed: undefined, markView: undefined } as const;

/**
 * Takes requests in the order of their arrival: judge, record durably with its audit row, sign, store, reply; the record is tidied
 * up while the signature is made. Judging and recording happen at once and together, without a wait in between; only signing waits for a core, the most urgent first. So nothing is
 * judged on a state that the disk does not have, and no record waits behind a signature. No audit row, no signature.
 */
export class SigningDesk {
  readonly #options: SigningDeskOptions;
  readonly #cores: SigningQueue;
  /** Signatures under way: a repeat waits for the first one instead of making a second. */
  readonly #underWay = new Map<Digest, Promise<Produced>>();
  readonly #pace = new SigningPace();
  #isOpen = true;

  constructor(options: SigningDeskOptions) {
    this.#options = options;
    const { inFlightMax, queueMax: waitingMax } = options;
    this.#cores = new SigningQueue({ inFlightMax, waitingMax, displaced: () => overloaded(waitingMax) });
  }

  /**
   * @param patienceMs - How long the caller still waits: a request that cannot be signed by then is refused,
   * and takes no slot.
   * @throws SignerError; no slot was taken then, unless a slot rule says that it was taken before.
   */
  async sign(request: CustodyRequest, patienceMs = Number.POSITIVE_INFINITY): Promise<SigningReply> {
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
        return this.#repeat(decision, patienceMs);
      case 'sign':
        this.#admit(this.#urgencyOf(decision), patienceMs);
        return this.#fresh(decision, this.#record(decision, entry));
    }
  }

  /** Writes a state that no signature brought about, durably. */
  change(next: CustodyState, entry: AuditEntry): void {
    if (!this.#isOpen) throw notSigning();
    const { ledger, custodian } = this.#options;
    this.#orStop(() => ledger.change(next, entry));
    custodian.replace(next);
  }

  /**
   * Signs a vote for a change of the members. It is bound to chain, protocol, epoch and change and ends at a height, takes no
   * slot and contradicts nothing: only its audit row is recorded.
   * @throws SignerError
   */
  async signMembershipVote(wanted: WantedVote): Promise<Uint8Array> {
    const { custodian, ledger } = this.#options;
    const { state, context } = custodian;
    this.#requireSigning();
    const { change, goodUntil, asker } = wanted;
    const digest = changeDigest(change);
    const isAutomatic = asker === 'automatic';
    const fault =
      wantedVoteFault(custodian, wanted) ??
      (isAutomatic ? automaticFault(custodian, change, ledger.automatic) : undefined);
    const entry = auditOf(
      state,
      fault?.reason ?? 'MEMBERSHIP_VOTE',
      `membership-vote of ${asker} until ${goodUntil}`,
      digest,
    );
    const row = { ...entry, epoch: change.epoch };
    if (fault !== undefined) {
      this.#note(row);
      throw new SignerError(fault.sentence, {
        code: `SIGNER_${fault.reason}`,
        ...NO_SLOT,
        provenView: state.proven,
      });
    }
    this.#admit(OPERATOR_URGENCY, Number.POSITIVE_INFINITY);
    // Writes the audit row: it is on disk before the vote can leave, so there is no signature without one.
    if (!this.#isOpen) throw notSigning();
    this.#orStop(() =>
      isAutomatic ? ledger.voteAutomatically(state, digest, row) : ledger.change(state, row),
    );
    const message = membershipSigningBytes(context.table.protocol, { change, digest, goodUntil });
    return (await this.#cores.run(() => this.#made(message), OPERATOR_URGENCY)).signature;
  }

  /** Begins an epoch, durably. */
  advance(
    next: CustodyState,
    { context, ...facts }: EpochBasis & Pick<Custodian, 'context'>,
    entry: AuditEntry,
  ): void {
    if (!this.#isOpen) throw notSigning();
    const { ledger, custodian } = this.#options;
    this.#orStop(() => ledger.advance(next, facts, entry));
    custodian.enter(context, next);
  }

  /**
   * Waits for the signatures that a core is making, and begins no other. Requests that wait for a core are
   * recorded already; they are signed when they are asked for again after the next start.
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

  async #repeat(decision: RepeatDecision, patienceMs: number): Promise<SigningReply> {
    const underWay = this.#underWay.get(decision.digest);
    if (underWay !== undefined) return { ...keySignatureOf(await underWay), isRepeated: true };
    const stored = this.#options.ledger.signatureIn(decision.slot);
    if (stored !== undefined) return { ...stored, isRepeated: true };
    // A crash came between record and signature. The slot is this statement's, and its signature was promised.
    this.#admit(this.#urgencyOf(decision), patienceMs);
    return this.#fresh(decision, 0);
  }

  async #fresh(decision: SignDecision | RepeatDecision, recordMs: number): Promise<SigningReply> {
    const { waitMs, signMs, ...made } = await this.#produce(decision);
    return { ...made, isRepeated: false, timing: { waitMs, recordMs, signMs } };
  }

  /** Checked before anything is recorded: a request refused here took no slot. */
  #admit(urgency: Urgency, patienceMs: number): void {
    if (!this.#cores.hasPlaceFor(urgency)) throw overloaded(this.#cores.waiting);
    const expectedMs = this.#pace.expectedMs(this.#cores.roundsBefore(urgency));
    if (expectedMs > patienceMs || patienceMs <= 0) throw tooLate(expectedMs, patienceMs);
  }

  #urgencyOf({ slot }: Exclude<Decision, { kind: 'refuse' }>): Urgency {
    return urgencyOf(this.#options.custodian.context.table, slot);
  }

  /** @returns how long it took, ms. */
  #record(decision: SignDecision, entry: AuditEntry): number {
    const { ledger, custodian } = this.#options;
    const startMs = performance.now();
    this.#orStop(() => ledger.record(decision, entry));
    custodian.commit(decision);
    return performance.now() - startMs;
  }

  #produce(decision: Exclude<Decision, { kind: 'refuse' }>): Promise<Produced> {
    const { slot, digest, message } = decision;
    const startMs = performance.now();
    const stored = this.#cores
      .run(async () => {
        const waitMs = performance.now() - startMs;
        const [made] = await Promise.all([this.#made(message), this.#tidied()]);
        return { waitMs, ...made };
      }, this.#urgencyOf(decision))
      .then((produced) => this.#stored(slot, produced))
      .finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, stored);
    return stored;
  }

  async #made(message: Uint8Array): Promise<Omit<Produced, 'waitMs'>> {
    if (!this.#isOpen) throw notSigning();
    const startMs = performance.now();
    const signature = await this.#options.key.sign(message);
    const signMs = performance.now() - startMs;
    this.#pace.took(signMs);
    return { signature, signMs };
  }

  /** In the time that a core takes for the signature, which leaves only when this is done too. */
  async #tidied(): Promise<void> {
    this.#orStop(() => this.#options.ledger.tidy());
  }

  #stored(slot: Slot, produced: Produced): Produced {
    this.#orStop(() => this.#options.ledger.storeSignature(slot, keySignatureOf(produced)));
    return produced;
  }

  /** After a failed write nobody knows the content of the disk, so nothing is signed any more. */
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

function overloaded(waiting: number): SignerError {
  return new SignerError('too many requests wait for a signature', { code: 'SIGNER_OVERLOADED', waiting });
}

function tooLate(expectedMs: number, patienceMs: number): SignerError {
  const [takes, waits] = [Math.ceil(expectedMs), Math.max(0, Math.floor(patienceMs))];
  return new SignerError(
    `a signature takes up to ${takes} ms from now, and its caller waits ${waits} ms: nothing was recorded`,
    { code: 'SIGNER_DEADLINE', expectedMs: takes },
  );
}

function notSigning(): SignerError {
  return new SignerError('the signer is not signing any more', { code: 'SIGNER_UNAVAILABLE' });
}
