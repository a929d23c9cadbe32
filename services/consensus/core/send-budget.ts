import type { MemberIndex } from '#libs/chain/ids.ts';
import { SENT_BYTES_BURST, SENT_BYTES_PER_SECOND } from './core-limits.ts';

interface Account {
  bytes: number;
  atMs: number;
}

/**
 * The budget of bytes for one member alone: reports, votes, and proofs for a member that is behind. A proof is
 * five hundred times larger than the message that asks for it, so a member that asks without end gets no more
 * than this. A member that is refused hurts itself only.
 */
export class SendBudget {
  readonly #accounts = new Map<MemberIndex, Account>();

  /** @param nowMs - Milliseconds of a clock that never goes back. @returns whether a message may be sent. */
  take(member: MemberIndex, sizeBytes: number, nowMs: number): boolean {
    const { bytes, atMs } = this.#accounts.get(member) ?? { bytes: SENT_BYTES_BURST, atMs: nowMs };
    const earned = (Math.max(0, nowMs - atMs) / 1000) * SENT_BYTES_PER_SECOND;
    const left = Math.min(SENT_BYTES_BURST, bytes + earned);
    // A message may overdraw: the largest report of a large federation is larger than any sensible burst.
    const isGranted = left > 0;
    this.#accounts.set(member, { bytes: isGranted ? left - sizeBytes : left, atMs: nowMs });
    return isGranted;
  }
}
