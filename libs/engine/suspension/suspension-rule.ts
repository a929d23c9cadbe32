import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { changeFault } from '#libs/membership/policy.ts';
import type { MemberFacts } from '#libs/membership/roster.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import type { ProbeCounts } from './probe-counts.ts';

export interface SuspensionFacts {
  readonly membership: Membership;
  readonly me: MemberIndex;
  /** Probes in a row without an answer that a member may have; and with one, for a member that comes back. */
  readonly failuresMax: number;
  readonly counts: Pick<ProbeCounts, 'failed' | 'answered'>;
  /** Members that this node voted out, as they were. */
  readonly suspended: readonly MemberFacts[];
  /** Whether the signer refused a change, by its digest: then another goes first. */
  readonly isRefused: (digest: Digest) => boolean;
}

/**
 * The change that a node votes for by itself, or undefined: a member that answers nothing leaves, and one that was suspended and answers
 * again comes back with the same keys. Never while a change is adopted, never against the policy of the genesis, and never where this node
 * is the one that is cut off: it must hear a quorum. A member that others voted about already goes first, so that votes meet on one change.
 */
export function suspensionWish(facts: SuspensionFacts): MembershipChange | undefined {
  const { membership, me, failuresMax, counts } = facts;
  const { chain, epoch, roster, ballots, adopted } = membership;
  if (adopted !== undefined || !hearsQuorum(facts)) return undefined;
  const away = roster.filter(({ name }, at) => at !== me && counts.failed(name) > failuresMax);
  const back = facts.suspended.filter(({ name }) => counts.answered(name) > failuresMax);
  const changes: readonly MembershipChange[] = [
    ...away.map(({ name }) => ({ chain, epoch, leave: [name], join: [] })),
    ...back.map((facts) => ({ chain, epoch, leave: [], join: [facts] })),
  ];
  const votersOf = (change: MembershipChange) =>
    ballots.find(({ digest }) => digest === changeDigest(change))?.voters;
  const own = ballots.some(({ change, voters }) => voters.has(me) && isOfOne(change));
  if (own) return undefined;
  const possible = changes.filter(
    (change) => changeFault(membership, change) === undefined && !facts.isRefused(changeDigest(change)),
  );
  return possible.toSorted((one, other) => (votersOf(other)?.size ?? 0) - (votersOf(one)?.size ?? 0))[0];
}

function hearsQuorum({ membership, me, counts }: SuspensionFacts): boolean {
  const { roster, set } = membership;
  const here = set.members.filter(
    ({ index }) => index === me || counts.answered(roster[index]?.name ?? '') > 0,
  );
  return hasQuorum(
    set,
    here.map(({ index }) => index),
  );
}

/** Whether one member leaves or comes back, and nothing else: the signer signs one such change an epoch. */
function isOfOne({ leave, join, terms }: MembershipChange): boolean {
  return leave.length + join.length === 1 && terms === undefined;
}
