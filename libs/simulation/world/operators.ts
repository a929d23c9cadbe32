import { type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { encodeMembershipVote, membershipSigningBytes } from '#libs/membership/vote.ts';
import { memberFactsOf, nodeOf, type SimulatedFederation } from '../federation/federation.ts';
import type { PlannedChange } from '../plan/whole-plan.ts';
import type { Schedule } from '../time/schedule.ts';

export interface OperatorWorld {
  readonly schedule: Schedule;
  readonly federation: SimulatedFederation;
  readonly changes: readonly PlannedChange[];
  /** The membership as the furthest honest node knows it. */
  membership(): Membership;
  isHonest(node: MemberIndex): boolean;
  /** The height of the furthest honest node. */
  height(): bigint;
  submit(node: MemberIndex, vote: Transaction): void;
}

/** Blocks that a vote is good for: few, so that some are over before a quorum has voted. */
const GOOD_FOR_BLOCKS = 40n;

/** An operator that sees no effect votes again: the vote was lost in a crash, or is over. */
const AGAIN_MS = 1_500;

/** The operators of honest members, who carry out one planned change after the other by their votes (FED-08). */
export class Operators {
  readonly #world: OperatorWorld;

  constructor(world: OperatorWorld) {
    this.#world = world;
  }

  /** Changes that are in force. */
  get done(): number {
    return Number(this.#world.membership().epoch);
  }

  get isDone(): boolean {
    return this.done >= this.#world.changes.length;
  }

  start(): void {
    this.#look(this.#world.changes[0]?.atMs ?? 0);
  }

  #look(atMs: number): void {
    const { schedule, changes } = this.#world;
    if (changes.length === 0) return;
    schedule.after(Math.max(atMs - schedule.nowMs, 0), () => {
      const planned = changes[this.done];
      if (planned === undefined) return;
      if (planned.atMs > schedule.nowMs) return this.#look(planned.atMs);
      this.#vote(planned);
      this.#look(schedule.nowMs + AGAIN_MS);
    });
  }

  #vote({ leave, join }: PlannedChange): void {
    const { isHonest, submit } = this.#world;
    const { chain, epoch, roster } = this.#world.membership();
    const change: MembershipChange = {
      chain,
      epoch,
      leave: leave.map((node) => memberFactsOf(node).name),
      join: join.map(memberFactsOf),
    };
    for (const [member, facts] of roster.entries()) {
      const node = nodeOf(facts);
      if (isHonest(node)) submit(node, this.voteOf(change, node, member as MemberIndex));
    }
  }

  /** The vote of a node, which is this member of the epoch that the change ends. */
  voteOf(change: MembershipChange, node: MemberIndex, member: MemberIndex): Transaction {
    const { votes, founding } = this.#world.federation;
    const vote = {
      change,
      digest: changeDigest(change),
      goodUntil: toHeight(this.#world.height() + GOOD_FOR_BLOCKS),
    };
    const message = membershipSigningBytes(founding.scope.protocol, vote);
    const signature = votes.sign(node, message);
    return transactionOf(encodeMembershipVote({ ...vote, member, signature }));
  }
}
