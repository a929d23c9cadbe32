import type { MemberIndex } from '#libs/chain/ids.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { LateReports } from './joining/late-reports.ts';
import type { ClockPort } from './ports/engine-ports.ts';

export interface PeerAccountsOptions {
  /** Number of members of the epoch. */
  readonly members: number;
  /** The votes of its protocol. */
  readonly votes: VoteTable;
  /** Milliseconds of a clock that never goes back. */
  readonly steadyMs: () => number;
  readonly clock: ClockPort;
  /** Called when no message of this member is to be read for a while. */
  readonly onMuted: (member: MemberIndex, reason: string) => void;
}

/** The accounts of the peers of one epoch: the false, useless and late messages that each of them sends. */
export class PeerAccounts {
  readonly guard: PeerGuard;
  readonly #lateReports: LateReports;
  readonly #onMuted: PeerAccountsOptions['onMuted'];

  constructor({ members, votes, steadyMs, clock, onMuted }: PeerAccountsOptions) {
    this.guard = new PeerGuard({ members, votes }, steadyMs);
    this.#lateReports = new LateReports(clock);
    this.#onMuted = onMuted;
  }

  hears(from: MemberIndex): boolean {
    return !this.guard.isMuted(from);
  }

  /** Uses up one of the late reports of this second when the view is over. */
  hearsReport(from: MemberIndex, reported: Position, own: Position): boolean {
    return this.#lateReports.hears(from, reported, own);
  }

  /** A message was refused. Want of room or of knowledge here is no fault of the sender, and false signatures are counted by their own. */
  refused(from: MemberIndex, cause: RefusalCause): void {
    if (cause === 'overloaded' || cause === 'unresolved' || cause === 'bad-signature') return;
    if (this.guard.uselessMessage(from)) this.#onMuted(from, 'a flood of useless messages');
  }

  falseSignatures(from: MemberIndex): void {
    this.#onMuted(from, 'false signatures');
  }
}
