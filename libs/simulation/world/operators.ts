import { type MemberIndex, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { memberFactsOf, nodeOf, type SimulatedFederation } from '../federation/federation.ts';
import { signedVote } from '../federation/signed-vote.ts';
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

  #vote({ leave, join, terms }: PlannedChange): void {
    const { federation, isHonest, height, submit } = this.#world;
    const { chain, epoch, roster, terms: running } = this.#world.membership();
    const change: MembershipChange = {
      chain,
      epoch,
      leave: leave.map((node) => memberFactsOf(node).name),
      join: join.map(memberFactsOf),
      ...(terms && { terms }),
    };
    const goodUntil = toHeight(height() + GOOD_FOR_BLOCKS);
    for (const [at, facts] of roster.entries()) {
      const node = nodeOf(facts);
      const vote = { change, goodUntil, member: toMemberIndex(at), protocol: running.protocol };
      if (isHonest(node)) submit(node, signedVote(federation, node, vote));
    }
  }
}
