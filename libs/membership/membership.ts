import type { Block } from '#libs/chain/block.ts';
import type { Opener } from '#libs/chain/block-rules.ts';
import { type Digest, type Epoch, type Height, type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { hasQuorum, type ValidatorSet } from '#libs/protocol/validator-set.ts';
import { type MembershipChange, rosterAfter } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import { VOTE_BLOCKS_MAX, VOTES_PER_MEMBER_MAX } from './limits.ts';
import { changeFault, type MemberRules } from './policy.ts';
import { type Roster, setOfRoster } from './roster.ts';
import { decodeMembershipVote, type MembershipVote } from './vote.ts';

/** A change that someone voted for. */
export interface Ballot {
  readonly change: MembershipChange;
  readonly digest: Digest;
  /** The members that voted for it, each with the height of the last block that counts the vote. */
  readonly voters: ReadonlyMap<MemberIndex, Height>;
}

/** A change that a quorum of the old members voted for. */
export interface AdoptedChange {
  readonly digest: Digest;
  readonly roster: Roster;
  /**
   * Height of the last block of the epoch, which follows the block of the deciding vote. The new members begin with
   * the block after it.
   */
  readonly lastHeight: Height;
}

/**
 * The members that decide the block after some block. A value: it follows from the chain up to that block and
 * nothing else.
 */
export interface Membership {
  /** SHA-256 of the genesis. */
  readonly chain: Digest;
  readonly rules: MemberRules;
  readonly epoch: Epoch;
  readonly roster: Roster;
  readonly set: ValidatorSet;
  readonly terms: ProtocolTerms;
  /** The last block of the epoch before. */
  readonly root: EpochRoot;
  /** Changes that wait for votes, the one that was voted for last at the end; with votes that the next block counts alone. */
  readonly ballots: readonly Ballot[];
  readonly adopted: AdoptedChange | undefined;
}

/** The membership after a block, or the fault of the block. */
export type MembershipJudgement =
  | { readonly ok: true; readonly membership: Membership }
  | { readonly ok: false; readonly fault: string };

export type Founding = Pick<Membership, 'chain' | 'rules' | 'roster' | 'terms' | 'root'>;

/** The membership that a chain starts with. */
export function foundingMembership(founding: Founding): Membership {
  return opened(founding, toEpoch(0n));
}

/** The handover to the next members, when the block of this height is the last of its epoch. */
export function handoverAt({ adopted, chain, epoch }: Membership, height: bigint): Transaction | undefined {
  if (adopted?.lastHeight !== height) return undefined;
  return transactionOf(encodeHandover({ chain, epoch: toEpoch(epoch + 1n), roster: adopted.roster }));
}

/** The transactions that the block of this height begins with, in order: today the handover alone, when one is due. */
export function openersAt(membership: Membership, height: bigint): readonly Opener[] {
  const handover = handoverAt(membership, height);
  if (handover === undefined) return [];
  return [{ transaction: handover, missing: 'last block of an epoch without its handover' }];
}

/** Whether a block holds votes or a handover; the membership after any other block is that before it. */
export function saysOfMembership({ transactions }: Block): boolean {
  return transactions.some((each) => isFor('membership', each) || isFor('handover', each));
}

/**
 * The membership after the last block of an epoch, from that block alone, without its votes: the block is certified,
 * and begins with the list of the next members. Undefined for any other block.
 */
export function membershipAfterLast(before: Membership, block: Block): Membership | undefined {
  const { header, digest, transactions } = block;
  const [first] = transactions;
  const read = first === undefined ? undefined : decodeHandover(first.bytes);
  const isNext = read?.chain === before.chain && read.epoch === before.epoch + 1n && read.roster.length > 0;
  if (read === undefined || !isNext) return undefined;
  const root = { view: header.view, height: header.height, digest };
  return opened({ ...before, roster: read.roster, root }, read.epoch);
}

/**
 * Judges the votes and the handover in a block, and applies them; whether the block begins with its openers is
 * judged with the block (libs/chain/block-rules.ts). Signatures of votes are not checked: they are verified before a
 * member votes for the block, and believed of certified ones.
 */
export function judgeMembership(before: Membership, block: Block): MembershipJudgement {
  const { header, digest, transactions } = block;
  const votes = transactions.slice(openersAt(before, header.height).length);
  if (votes.some((each) => isFor('handover', each))) return { ok: false, fault: 'handover out of place' };
  const taken = takeVotes(before, votes, header.height);
  const { adopted } = before;
  if (!taken.ok || adopted?.lastHeight !== header.height) return taken;
  const root = { view: header.view, height: header.height, digest };
  const next = opened({ ...before, roster: adopted.roster, root }, toEpoch(before.epoch + 1n));
  return { ok: true, membership: next };
}

/** The membership after a block of this height with these transactions, unless it is the last of its epoch. */
export function takeVotes(
  before: Membership,
  transactions: readonly Transaction[],
  height: Height,
): MembershipJudgement {
  let after = countedFrom(before, height);
  for (const vote of transactions.filter((each) => isFor('membership', each))) {
    const taken = takeVote(after, vote, height);
    if (!taken.ok) return taken;
    after = taken.membership;
  }
  return { ok: true, membership: countedFrom(after, height + 1n) };
}

/** The transactions that may stand in the block of this height, in their order. */
export function admissible(
  before: Membership,
  transactions: readonly Transaction[],
  height: Height,
): readonly Transaction[] {
  let after = countedFrom(before, height);
  return transactions.filter((transaction) => {
    if (isFor('handover', transaction)) return false;
    if (!isFor('membership', transaction)) return true;
    const taken = takeVote(after, transaction, height);
    if (taken.ok) after = taken.membership;
    return taken.ok;
  });
}

/**
 * The membership without votes that blocks from this height on do not count, and without changes that have no vote
 * left.
 */
export function countedFrom(before: Membership, height: bigint): Membership {
  const isOver = (goodUntil: Height): boolean => goodUntil < height;
  if (!before.ballots.some(({ voters }) => [...voters.values()].some(isOver))) return before;
  const ballots = before.ballots.flatMap((ballot): Ballot[] => {
    const voters = new Map([...ballot.voters].filter(([, goodUntil]) => !isOver(goodUntil)));
    return voters.size === 0 ? [] : [{ ...ballot, voters }];
  });
  return { ...before, ballots };
}

/** The fault of a vote in the block of this height, whose parent is the last one that was judged; or undefined. */
export function voteFault(before: Membership, vote: MembershipVote, height: bigint): string | undefined {
  const { chain, epoch, set, adopted, root, rules, roster } = before;
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
  return changeFault(roster, change, rules);
}

function takeVote(before: Membership, { bytes }: Transaction, height: Height): MembershipJudgement {
  const vote = decodeMembershipVote(bytes);
  if (vote === undefined) return { ok: false, fault: 'a vote that cannot be read' };
  const { set, roster } = before;
  const fault = voteFault(before, vote, height);
  if (fault !== undefined) return { ok: false, fault };
  const { change, digest, goodUntil, member } = vote;
  const known = before.ballots.find((ballot) => ballot.digest === digest);
  const voters = new Map(known?.voters).set(member, goodUntil);
  const ballot = { change, digest, voters };
  const ballots = [...before.ballots.filter((each) => each !== known), ballot];
  if (!hasQuorum(set, voters.keys())) return { ok: true, membership: { ...before, ballots } };
  const adopted = { digest, roster: rosterAfter(roster, change), lastHeight: (height + 1n) as Height };
  return { ok: true, membership: { ...before, ballots, adopted } };
}

function opened({ chain, rules, roster, terms, root }: Founding, epoch: Epoch): Membership {
  const set = setOfRoster(epoch, roster);
  return { chain, rules, epoch, roster, set, terms, root, ballots: [], adopted: undefined };
}
