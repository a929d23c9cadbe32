import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from './certificate.ts';
import { type ValidatorSet, weightOf } from './validator-set.ts';
import type { BlockRef } from './vote/statement.ts';
import type { VoteTable } from './vote/vote-table.ts';
import { votingKinds } from './vote/voting-kinds.ts';

/** Some members of the set, and what they weigh together. */
export interface MemberTally {
  readonly members: number;
  readonly weight: bigint;
}

/** The members whose verified votes of one kind a member holds, alone or in a certificate. */
export interface StepTally extends MemberTally {
  /** Name of the kind in the protocol's table. */
  readonly kind: string;
  /** Weight of the votes for one block, where there are several: for the block that has most. A quorum of them is a certificate. */
  readonly blockWeight: bigint;
  /** The members themselves, ascending. */
  readonly voters: readonly MemberIndex[];
}

/** The counts of the view at hand, as one member holds them. At most one entry for each kind of the table. */
export interface ViewTally {
  /** Whether a proposal of this view's leader was taken in, or a quorum has shown that there is one. */
  readonly isProposed: boolean;
  /** The kinds of votes, in the order of a view. */
  readonly steps: readonly StepTally[];
  /** Weight that decides, in each step and to leave the view. */
  readonly neededWeight: bigint;
  /** The members that have said that they give this view up. */
  readonly leaving: MemberTally;
}

/** A vote of a member for a block. */
type HeldVote = BlockRef & { readonly member: MemberIndex };

/** The verified statements of the view at hand that a member holds. */
export interface HeldStatements {
  readonly isProposed: boolean;
  /** The votes of a kind, one of each member. */
  votesOf(kind: string): Iterable<HeldVote>;
  /** The certificates of this view, of whichever kind. */
  readonly certificates: readonly QuorumCertificate[];
  readonly leaving: Iterable<MemberIndex>;
}

/** Counts what is held for each kind of vote in the table. Walks over all votes: to be made when somebody asks. */
export function viewTally(
  { set, table }: { readonly set: ValidatorSet; readonly table: VoteTable },
  { isProposed, votesOf, certificates, leaving }: HeldStatements,
): ViewTally {
  const steps = votingKinds(table).map((kind) => {
    const ofKind = certificates.filter((each) => each.kind === kind);
    return { kind, ...votesTally(set, [...votesOf(kind), ...ofKind.flatMap(votesIn)]) };
  });
  const neededWeight = set.quorum.commitWeight;
  return { isProposed, steps, neededWeight, leaving: memberTally(set, leaving) };
}

/** A certificate holds the vote of each of its signers. */
function votesIn({ height, digest, signatures }: QuorumCertificate): readonly HeldVote[] {
  return signatures.map(({ member }) => ({ member, height, digest }));
}

function votesTally(set: ValidatorSet, votes: readonly HeldVote[]): Omit<StepTally, 'kind'> {
  const byBlock = Map.groupBy(votes, ({ height, digest }) => `${height} ${digest}`);
  const weights = [...byBlock.values()].map((same) => weightOf(set, membersOf(same)));
  const blockWeight = weights.reduce((most, each) => (each > most ? each : most), 0n);
  const voters = [...new Set(membersOf(votes))].sort((a, b) => a - b);
  return { ...memberTally(set, voters), blockWeight, voters };
}

function membersOf(votes: readonly HeldVote[]): readonly MemberIndex[] {
  return votes.map(({ member }) => member);
}

function memberTally(set: ValidatorSet, who: Iterable<MemberIndex>): MemberTally {
  const members = new Set(who);
  return { members: members.size, weight: weightOf(set, members) };
}
