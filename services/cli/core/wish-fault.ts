import type { Digest, Height } from '#libs/chain/ids.ts';
import { AdoptionJudge, isFollowed } from '#libs/membership/adoption.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { VOTES_PER_MEMBER_MAX } from '#libs/membership/limits.ts';
import type { ChangeGround } from '#libs/membership/policy.ts';

/** A change that has votes, as a member tells it: the voters by index, and the height until which each vote counts. */
export interface VotedChange {
  readonly digest: Digest;
  readonly voters: readonly number[];
  readonly goodUntil: readonly bigint[];
}

/** A change that somebody is about to vote for, and what a member tells of the epoch that it ends. */
export interface WishFacts extends ChangeGround {
  readonly change: MembershipChange;
  /** The member that would vote, by its name. */
  readonly voter: string;
  readonly ballots: readonly VotedChange[];
  readonly adopted: { readonly effectiveHeight: bigint } | undefined;
  /** Of the epoch. */
  readonly firstHeight: bigint;
  /** Of the next block. */
  readonly nextHeight: Height;
}

/** Why the members would refuse a vote that nobody signed yet, with what to do; or undefined. */
export function wishFault(facts: WishFacts): string | undefined {
  return timeFault(facts) ?? secondFault(facts) ?? contentFault(facts);
}

function timeFault({ adopted, firstHeight, nextHeight, rules }: WishFacts): string | undefined {
  if (adopted !== undefined)
    return `a change of this epoch is adopted already, and in force from height ${adopted.effectiveHeight} on: propose in the epoch that begins there`;
  const first = firstHeight - 1n + BigInt(rules.epochBlocksMin);
  if (nextHeight >= first) return undefined;
  return `this epoch takes votes from height ${first} on, and the next block has height ${nextHeight}: try again then`;
}

function secondFault({ change, voter, roster, ballots }: WishFacts): string | undefined {
  const digest = changeDigest(change);
  const own = ballots.flatMap(({ digest: of, voters, goodUntil }) => {
    const until = goodUntil[voters.findIndex((index) => roster[index]?.name === voter)];
    return until === undefined ? [] : [{ of, until }];
  });
  const same = own.find(({ of }) => of === digest);
  if (same !== undefined)
    return `${voter} voted for this change already, and its vote counts until height ${same.until}: "btcfed members list" shows whose votes it has`;
  if (own.length < VOTES_PER_MEMBER_MAX) return undefined;
  const [soonest] = own.map(({ until }) => until).toSorted((one, other) => (one < other ? -1 : 1));
  return `${voter} has votes for ${VOTES_PER_MEMBER_MAX} other changes, as many as count at a time: the first of them is over above height ${soonest}`;
}

function contentFault({ change, nextHeight, ...ground }: WishFacts): string | undefined {
  const judge = new AdoptionJudge(nextHeight);
  const fault = judge.fault(ground, { change, digest: changeDigest(change) });
  if (fault === undefined || !isFollowed(ground, change)) return fault;
  return `${fault}: name others; "btcfed members list" shows the members, the terms in force and what is allowed`;
}
