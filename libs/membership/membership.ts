import type { Block } from '#libs/chain/block.ts';
import type { Opener } from '#libs/chain/block-rules.ts';
import { type Digest, type Epoch, type Height, toEpoch, toHeight } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { hasQuorum, type ValidatorSet } from '#libs/protocol/validator-set.ts';
import { AdoptionJudge, followFault } from './adoption.ts';
import { rosterAfter } from './change.ts';
import { type Ballot, ballotWith, countedFrom, voteFault } from './counted-votes.ts';
import { withoutAccused } from './exclusion.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import type { NewTerms } from './new-terms.ts';
import type { MemberRules } from './policy.ts';
import { type Roster, setOfRoster } from './roster.ts';
import { termsAfter } from './terms-rules.ts';
import { decodeMembershipVote } from './vote.ts';

const UNREADABLE =
  'a handover that this version of btcfed cannot read: install the version that the other members run';

/** A change that a quorum of the old members voted for. */
export interface AdoptedChange {
  readonly digest: Digest;
  readonly roster: Roster;
  /**
   * Height of the last block of the epoch, which follows the block of the deciding vote. The new members begin with
   * the block after it.
   */
  readonly lastHeight: Height;
  /** The terms that it names. Absent: those of the epoch go on. */
  readonly terms?: NewTerms;
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
  /** The protocol of the epoch, and its numbers. */
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
  const { roster, terms } = adopted;
  return transactionOf(
    encodeHandover({ chain, epoch: toEpoch(epoch + 1n), roster, ...(terms && { terms }) }),
  );
}

/** The transactions that the block of this height begins with, in order: today the handover alone, when one is due. */
export function openersAt(membership: Membership, height: bigint): readonly Opener[] {
  const handover = handoverAt(membership, height);
  if (handover === undefined) return [];
  return [{ transaction: handover, missing: 'last block of an epoch without its handover' }];
}

/** Whether a block holds votes, a handover, or evidence, which may exclude; the membership after any other block is that before it. */
export function saysOfMembership({ transactions }: Block): boolean {
  const desks = ['membership', 'handover', 'evidence'] as const;
  return transactions.some((each) => desks.some((desk) => isFor(desk, each)));
}

/**
 * The membership after the last block of an epoch, from that block alone, without its votes: the block is certified,
 * and begins with the handover to the next members. Undefined for any other block; a handover that this version cannot
 * read or follow is the fault of the block.
 */
export function membershipAfterLast(before: Membership, block: Block): MembershipJudgement | undefined {
  const { header, digest, transactions } = block;
  const [first] = transactions;
  if (first === undefined || !isFor('handover', first)) return undefined;
  const read = decodeHandover(first.bytes);
  if (read === undefined) return { ok: false, fault: UNREADABLE };
  const isNext = read.chain === before.chain && read.epoch === before.epoch + 1n && read.roster.length > 0;
  if (!isNext)
    return { ok: false, fault: `a handover that does not end epoch ${before.epoch} of this chain` };
  const fault = followFault(before, read);
  if (fault !== undefined) return { ok: false, fault };
  const root = { view: header.view, height: header.height, digest };
  const terms = termsAfter(before.terms, read.terms);
  return { ok: true, membership: opened({ ...before, roster: read.roster, terms, root }, read.epoch) };
}

/**
 * The membership with the votes of a snapshot, of which none was judged here: the terms and the keys that they adopted are, beside their
 * proofs, which the block that adopted them had judged.
 */
export function membershipWith(
  before: Membership,
  ballots: Pick<Membership, 'ballots' | 'adopted'>,
): MembershipJudgement {
  const fault = ballots.adopted && followFault(before, ballots.adopted);
  return fault === undefined ? { ok: true, membership: { ...before, ...ballots } } : { ok: false, fault };
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
  const terms = termsAfter(before.terms, adopted.terms);
  const next = { ...before, roster: adopted.roster, terms, root };
  return { ok: true, membership: opened(next, toEpoch(before.epoch + 1n)) };
}

/** The membership after a block of this height with these transactions, unless it is the last of its epoch. */
export function takeVotes(
  before: Membership,
  transactions: readonly Transaction[],
  height: Height,
): MembershipJudgement {
  const judge = new AdoptionJudge(height);
  let after = countedFrom(before, height);
  for (const vote of transactions.filter((each) => isFor('membership', each))) {
    const taken = takeVote(after, vote, judge);
    if (!taken.ok) return taken;
    after = taken.membership;
  }
  return { ok: true, membership: countedFrom(withoutAccused(after, transactions, height), height + 1n) };
}

/** The transactions that may stand in the block of this height, in their order. */
export function admissible(
  before: Membership,
  transactions: readonly Transaction[],
  height: Height,
): readonly Transaction[] {
  const judge = new AdoptionJudge(height);
  let after = countedFrom(before, height);
  return transactions.filter((transaction) => {
    if (isFor('handover', transaction)) return false;
    if (!isFor('membership', transaction)) return true;
    const taken = takeVote(after, transaction, judge);
    if (taken.ok) after = taken.membership;
    return taken.ok;
  });
}

/** A change is judged where the vote adopts it, and nowhere else: members of all versions count the same votes until then. */
function takeVote(before: Membership, { bytes }: Transaction, judge: AdoptionJudge): MembershipJudgement {
  const vote = decodeMembershipVote(bytes);
  if (vote === undefined) return { ok: false, fault: 'a vote that cannot be read' };
  const { set, roster } = before;
  const fault = voteFault(before, vote, judge.height);
  if (fault !== undefined) return { ok: false, fault };
  const ballot = ballotWith(before.ballots, vote);
  const { change, digest, voters } = ballot;
  const ballots = [...before.ballots.filter((each) => each.digest !== digest), ballot];
  if (!hasQuorum(set, voters.keys())) return { ok: true, membership: { ...before, ballots } };
  const unfit = judge.fault(before, vote);
  if (unfit !== undefined) return { ok: false, fault: unfit };
  const { terms } = change;
  const lastHeight = toHeight(judge.height + 1n);
  const adopted = { digest, roster: rosterAfter(roster, change), lastHeight, ...(terms && { terms }) };
  return { ok: true, membership: { ...before, ballots, adopted } };
}

function opened({ chain, rules, roster, terms, root }: Founding, epoch: Epoch): Membership {
  const set = setOfRoster(epoch, roster);
  return { chain, rules, epoch, roster, set, terms, root, ballots: [], adopted: undefined };
}
