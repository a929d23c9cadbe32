import { type Height, toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import { VOTE_BLOCKS_MAX } from '#libs/membership/limits.ts';
import { memberFactsOf, nodeOf } from '../federation/federation.ts';
import { type ClaimedVote, signedVote } from '../federation/signed-vote.ts';
import type { Clerk } from './clerk.ts';
import type { ClerkTools } from './clerk-tools.ts';

const EVERY_MS = 100;

/** Share of the votes that it gives in a name that may be another's. */
const FORGED_RATE = 0.05;

/** Swaps that the policy allows are many: more than one member may vote for at a time. */
const STRANGERS = 8;

/** Nodes that nobody set up, and that a liar would have as members. */
const STRANGER = 900;

/** More blocks than any simulation makes. */
const LONG = 100_000n;

/**
 * Votes for members to leave, for strangers, for sizes and steps that the policy forbids, for other epochs, for times
 * that are over or too long; in its own name and in that of others; and votes twice (FED-02 to FED-08).
 */
export function usurpingVoter(tools: ClerkTools): Clerk {
  const { owner } = tools;
  const again = (): void => {
    owner.later(EVERY_MS, () => {
      usurp(tools);
      again();
    });
  };
  again();
  return { proposes: (message) => message, answers: (_to, body) => [body] };
}

function usurp(tools: ClerkTools): void {
  const { random, seat, peers } = tools;
  const { epoch } = seat.epoch.scope;
  const vote = usurpingVote(tools);
  const transactions = random.chance(0.2) ? [vote, vote] : [vote];
  const body = { kind: 'transactions', transactions } as const;
  peers().post('all', { kind: 'peer', body, epoch, bytes: 0 });
}

/** A vote that no honest member would give. */
export function usurpingVote(tools: ClerkTools): Transaction {
  const { random, book, owner } = tools;
  const { chain, epoch, roster } = book.current;
  const names = random.shuffle(roster.map(({ name }) => name));
  const base = { chain, epoch, leave: [], join: [] };
  const swap = { ...base, leave: names.slice(0, 1), join: [random.pick(strangers(STRANGERS))] };
  const changes: readonly MembershipChange[] = [
    { ...base, leave: names.slice(0, 1) },
    swap,
    swap,
    swap,
    { ...base, leave: names.slice(0, -1) },
    { ...base, join: strangers(3) },
    { ...base, join: strangers(40) },
    { ...base, join: roster.slice(0, 1) },
    { ...base, leave: names.slice(0, 1), join: strangers(1), epoch: toEpoch(epoch + 1n) },
  ];
  const change = random.pick(changes);
  const own = roster.findIndex((facts) => nodeOf(facts) === owner.endpoint.member);
  // Seldom in another name: nodes mute the sender of eight false signatures, and then hear none of its true votes.
  const member = own < 0 || random.chance(FORGED_RATE) ? random.int(0, roster.length) : own;
  return signedBy(tools, { change, goodUntil: anyTime(tools), member: toMemberIndex(member) });
}

/** A vote for an allowed change, in the name of another member: nothing is wrong with it but its signature. */
export function forgedVote(tools: ClerkTools): Transaction {
  const { random, book, owner } = tools;
  const { chain, epoch, roster } = book.current;
  const change = { chain, epoch, leave: [random.pick(roster).name], join: strangers(1) };
  const others = roster.filter((facts) => nodeOf(facts) !== owner.endpoint.member);
  return signedBy(tools, {
    change,
    goodUntil: goodFor(tools, LONG),
    member: toMemberIndex(roster.indexOf(random.pick(others))),
  });
}

function strangers(count: number) {
  return Array.from({ length: count }, (_, at) => memberFactsOf(STRANGER + at));
}

/** Mostly a time that is allowed; else over before the epoch began, or for ever. */
function anyTime(tools: ClerkTools): Height {
  return goodFor(tools, tools.random.pick([LONG, LONG, LONG, 0n, LONG + VOTE_BLOCKS_MAX]));
}

function goodFor({ book }: ClerkTools, blocks: bigint): Height {
  return toHeight(book.current.root.height + blocks);
}

/** A vote signed by the key of the liar. */
function signedBy({ owner, book }: ClerkTools, vote: Omit<ClaimedVote, 'protocol'>): Transaction {
  const { protocol } = book.current.terms;
  return signedVote(owner.setting.federation, owner.endpoint.member, { ...vote, protocol });
}
