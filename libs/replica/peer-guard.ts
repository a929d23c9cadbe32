import type { MemberIndex } from '#libs/chain/ids.ts';
import {
  FALSE_SIGNATURES_FORGIVEN_PER_S,
  FALSE_SIGNATURES_MAX,
  MUTE_MS,
  USELESS_MESSAGES_BURST,
  USELESS_MESSAGES_PER_SECOND,
  type VotersOfView,
  verificationBudget,
} from './limits.ts';

interface Account {
  /** Verifications that the member may still cost. */
  tokens: number;
  /** False signatures that it sent, fading. */
  faults: number;
  /** Messages of no use that it may still send. */
  useless: number;
  atMs: number;
  mutedUntilMs: number;
}

/**
 * The bounds of the cost that each member may cause to the others, so that a member that floods takes nothing
 * from the rest (BYZ-15, HS-56, RULES.md A.44). Each has a budget of verifications, far above the needs of an
 * honest member; and a member that sends false signatures, which an honest one never does, is ignored for a
 * while. Time is given from outside.
 */
export class PeerGuard {
  readonly #accounts = new Map<MemberIndex, Account>();
  readonly #budget: { readonly perSecond: number; readonly burst: number };
  readonly #nowMs: () => number;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(voters: VotersOfView, nowMs: () => number) {
    this.#budget = verificationBudget(voters);
    this.#nowMs = nowMs;
  }

  /** Takes one verification out of the budget of a member; false when it has none left or is muted. */
  take(member: MemberIndex): boolean {
    const account = this.#account(member);
    if (account.mutedUntilMs > account.atMs || account.tokens < 1) return false;
    account.tokens -= 1;
    return true;
  }

  /** Whether all messages of this member are ignored now. */
  isMuted(member: MemberIndex): boolean {
    const account = this.#accounts.get(member);
    return account !== undefined && account.mutedUntilMs > this.#nowMs();
  }

  /** The member sent a false signature. @returns whether it is muted for that from now on. */
  falseSignature(member: MemberIndex): boolean {
    const account = this.#account(member);
    account.faults += 1;
    return account.faults >= FALSE_SIGNATURES_MAX && mute(account);
  }

  /** A message of the member was of no use, found without a verification. @returns whether it is muted from now on. */
  uselessMessage(member: MemberIndex): boolean {
    const account = this.#account(member);
    account.useless = Math.max(0, account.useless - 1);
    return account.useless < 1 && mute(account);
  }

  /** The account as it stands now. Members are few and known, so the map is bounded by the set. */
  #account(member: MemberIndex): Account {
    const nowMs = this.#nowMs();
    const known = this.#accounts.get(member);
    if (known === undefined) {
      const fresh = {
        tokens: this.#budget.burst,
        faults: 0,
        useless: USELESS_MESSAGES_BURST,
        atMs: nowMs,
        mutedUntilMs: 0,
      };
      this.#accounts.set(member, fresh);
      return fresh;
    }
    const elapsedS = Math.max(0, nowMs - known.atMs) / 1000;
    known.tokens = Math.min(this.#budget.burst, known.tokens + elapsedS * this.#budget.perSecond);
    known.faults = Math.max(0, known.faults - elapsedS * FALSE_SIGNATURES_FORGIVEN_PER_S);
    const useless = known.useless + elapsedS * USELESS_MESSAGES_PER_SECOND;
    known.useless = Math.min(USELESS_MESSAGES_BURST, useless);
    known.atMs = Math.max(known.atMs, nowMs);
    return known;
  }
}

/** Mutes a member; false when it is muted already. Its account starts anew with half of the limits. */
function mute(account: Account): boolean {
  if (account.mutedUntilMs > account.atMs) return false;
  account.mutedUntilMs = account.atMs + MUTE_MS;
  account.faults = Math.min(account.faults, FALSE_SIGNATURES_MAX / 2);
  account.useless = USELESS_MESSAGES_BURST / 2;
  return true;
}
