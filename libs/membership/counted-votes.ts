import type { Digest, Epoch, Height, MemberIndex } from '#libs/chain/ids.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { MembershipChange } from './change.ts';
import { VOTE_BLOCKS_MAX, VOTED_KEYS_MAX, VOTES_PER_MEMBER_MAX } from './limits.ts';
import type { ChangeGround } from './policy.ts';
import type { MembershipVote } from './vote.ts';

/** A change that someone voted for. */
export interface Ballot {
  readonly change: MembershipChange;
  readonly digest: Digest;
  /** The members that voted for it, each with the height of the last block that counts the vote. */
  readonly voters: ReadonlyMap<MemberIndex, Height>;
}

/** The part of a membership that judges a vote. */
export interface VoteGround extends ChangeGround {
  readonly chain: Digest;
  readonly epoch: Epoch;
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly ballots: readonly Ballot[];
  /** Undefined while no change is adopted. */
  readonly adopted: object | undefined;
}

/**
 * The membership without votes that blocks from this height on do not count, and without changes that have no vote
 * left.
 */
export function countedFrom<Before extends { readonly ballots: readonly Ballot[] }>(
  before: Before,
  height: bigint,
): Before {
  const isOver = (goodUntil: Height): boolean => goodUntil < height;
  if (!before.ballots.some(({ voters }) => [...voters.values()].some(isOver))) return before;
  const ballots = before.ballots.flatMap((ballot): Ballot[] => {
    const voters = new Map([...ballot.voters].filter(([, goodUntil]) => !isOver(goodUntil)));
    return voters.size === 0 ? [] : [{ ...ballot, voters }];
  });
  return { ...before, ballots };
}

/**
 * The fault of a vote in the block of this height, whose parent is the last one that was judged; or undefined. These rules are the same in
 * all versions, so that members of several count the same votes. The content of the change is no matter of theirs: `AdoptionJudge`.
 */
export function voteFault(before: VoteGround, vote: MembershipVote, height: bigint): string | undefined {
  const { chain, epoch, set, adopted, root, rules } = before;
  const { change, digest, goodUntil, member } = vote;
  if (change.chain !== chain) return 'a vote of another chain';
  if (change.epoch !== epoch) return 'a vote of another epoch';
  if (set.members[member] === undefined) return 'a vote of a stranger';
  if (adopted !== undefined) return 'a change of this epoch is adopted already';
  const firstHeight = root.height + BigInt(rules.epochBlocksMin);
  if (height < firstHeight)
    return `a vote too early in its epoch, which takes votes from height ${firstHeight} on`;
  if (goodUntil < height) return `a vote that was good until height ${goodUntil}`;
  if (goodUntil > height + VOTE_BLOCKS_MAX)
    return `a vote that is good for more than ${VOTE_BLOCKS_MAX} blocks`;
  const own = countedFrom(before, height).ballots.filter(({ voters }) => voters.has(member));
  if (own.some((ballot) => ballot.digest === digest)) return 'a second vote for the same change';
  if (own.length >= VOTES_PER_MEMBER_MAX)
    return `more than ${VOTES_PER_MEMBER_MAX} votes of one member at a time`;
  return extentFault(before, change);
}

/**
 * The fault of a change that is larger than any that could be in force. All members hold the changes that are voted for, and write them
 * into snapshots, so one that nobody judged may not be of any size. By the genesis and by numbers that no version changes.
 */
function extentFault(
  { roster, rules }: Pick<ChangeGround, 'roster' | 'rules'>,
  { leave, join }: MembershipChange,
): string | undefined {
  if (leave.length > roster.length) return `${leave.length} members leave, of ${roster.length}`;
  const joinMax = roster.length + rules.growthMax;
  if (join.length > joinMax)
    return `${join.length} members join: more than ${roster.length} in another's place, and the ${rules.growthMax} more that the policy allows a change`;
  const laden = join.find(({ keys = [] }) => keys.length > VOTED_KEYS_MAX);
  return laden && `a member that joins with more than ${VOTED_KEYS_MAX} further keys`;
}

/** The ballot of a change with one vote more, which has no fault. */
export function ballotWith(
  ballots: readonly Ballot[],
  { change, digest, goodUntil, member }: MembershipVote,
): Ballot {
  const known = ballots.find((ballot) => ballot.digest === digest);
  return { change, digest, voters: new Map(known?.voters).set(member, goodUntil) };
}
