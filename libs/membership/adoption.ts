import type { Digest, Height } from '#libs/chain/ids.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import type { MembershipChange } from './change.ts';
import { ballotWith, countedFrom, type VoteGround, voteFault } from './counted-votes.ts';
import { keysFault, possessionFault } from './key-rules.ts';
import type { NextEpoch } from './next-epoch.ts';
import { type ChangeGround, changeFault } from './policy.ts';
import { termsFault } from './terms-rules.ts';
import type { MembershipVote } from './vote.ts';

/**
 * The fault of terms and further keys, beside proofs; or undefined. Versions of the software judge them differently, so nothing but what a
 * quorum decided on, or would, may depend on it.
 */
export function followFault(
  { terms, rules }: Pick<ChangeGround, 'terms' | 'rules'>,
  { roster, terms: named }: NextEpoch,
): string | undefined {
  return (named && termsFault(terms, named, rules.protocols)) ?? keysFault(roster);
}

/** Whether this version has rules for all that a change names. */
export function isFollowed(ground: ChangeGround, { join, terms }: MembershipChange): boolean {
  return followFault(ground, { roster: join, ...(terms && { terms }) }) === undefined;
}

/**
 * Judges the changes that votes of the block of one height would adopt: each once, for a leader may hold many votes that would each complete the quorum of
 * one that cannot be in force. Proofs of keys are judged last, as they cost most.
 */
export class AdoptionJudge {
  readonly height: Height;
  readonly #faults = new Map<Digest, string | undefined>();

  constructor(height: Height) {
    this.height = height;
  }

  /** The fault of a change upon the membership before the block; or undefined. */
  fault(
    ground: ChangeGround,
    { change, digest }: Pick<MembershipVote, 'change' | 'digest'>,
  ): string | undefined {
    if (this.#faults.has(digest)) return this.#faults.get(digest);
    const fault = changeFault(ground, change) ?? possessionFault(change.join, ground.rules.verifyEd25519);
    this.#faults.set(digest, fault);
    return fault;
  }
}

/** A vote that comes to a member, and who brings it: a client, who may be the operator that gave it, or another member that passes it on. */
export interface GivenVote {
  readonly vote: MembershipVote;
  readonly from: 'client' | 'member';
  /** Of the next block. */
  readonly height: bigint;
}

/**
 * The fault of a vote that waits for a block, beside proofs of keys; or undefined. A client hears at once that its change could not be in force. A vote
 * that another member passes on may be for a change that this version has no rules for: that is no matter of this member, as it is none of a block,
 * except where the vote would adopt it, for then no block of this member could hold the vote.
 */
export function givenVoteFault(before: VoteGround, given: GivenVote): string | undefined {
  const { vote, from, height } = given;
  const fault = voteFault(before, vote, height);
  if (fault !== undefined) return fault;
  const isJudged = from === 'client' || isFollowed(before, vote.change) || wouldAdopt(before, given);
  return isJudged ? changeFault(before, vote.change) : undefined;
}

/** Whether a vote that has no fault completes the quorum of the members. */
function wouldAdopt(before: VoteGround, { vote, height }: GivenVote): boolean {
  const { voters } = ballotWith(countedFrom(before, height).ballots, vote);
  return hasQuorum(before.set, voters.keys());
}
