import type { Block } from '#libs/chain/block.ts';
import { type Digest, toEpoch } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import { decodeHandover } from '#libs/membership/handover.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { MemberRules } from '#libs/membership/policy.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { decodeMembershipVote, membershipSigningBytes } from '#libs/membership/vote.ts';
import type { SimulatedEpoch, SimulatedFederation } from '../federation/federation.ts';
import { exclusionBy } from './accused-members.ts';
import { goodAt, isTimely, membersAfter, quorumOfCount, type Voters } from './oracle-words.ts';
import { namedText, termsByWords, termsText } from './terms-oracle.ts';

/** The members that decide the next block, and the votes so far. */
interface Standing extends Pick<Membership, 'chain' | 'epoch' | 'roster' | 'terms' | 'root'> {
  /** The voters of each change, by its digest, and the height until which each vote counts. */
  readonly votes: ReadonlyMap<Digest, Voters>;
  readonly adopted:
    | { readonly change: MembershipChange; readonly roster: Roster; readonly lastHeight: bigint }
    | undefined;
}

const VOTES_EACH_MAX = 4;

/**
 * The members that decide each block, derived from the blocks and the genesis alone (libs/simulation/README.md S6),
 * by the rules as FED-02 to FED-08 word them. It shares no code with the membership under test.
 */
export class EpochOracle {
  readonly #federation: SimulatedFederation;
  readonly #rules: MemberRules;
  readonly #after = new Map<Digest, Standing>();
  readonly #faults = new Map<Digest, string | undefined>();

  constructor(federation: SimulatedFederation) {
    const { rules, ballots: _, ...founding } = federation.membership;
    this.#federation = federation;
    this.#rules = rules;
    this.#after.set(founding.root.digest, { ...founding, votes: new Map(), adopted: undefined });
  }

  /** The members that decide the block after this one; undefined when a block on the way to it was not judged. */
  after(digest: Digest): SimulatedEpoch | undefined {
    const standing = this.#after.get(digest);
    return standing && this.#federation.epochOf(standing);
  }

  /** The breach of the rules of membership by a final block; undefined too while its parent was not judged. */
  fault(block: Block): string | undefined {
    const { digest, header } = block;
    if (this.#faults.has(digest)) return this.#faults.get(digest);
    const before = this.#after.get(header.parent);
    if (before === undefined) return undefined;
    const judged = this.#judge(before, block);
    this.#faults.set(digest, typeof judged === 'string' ? judged : undefined);
    if (typeof judged !== 'string') this.#after.set(digest, judged);
    return this.#faults.get(digest);
  }

  #judge(before: Standing, { header, digest, transactions }: Block): Standing | string {
    if (header.epoch !== before.epoch) return `is of epoch ${header.epoch} and not of ${before.epoch}`;
    const isLast = before.adopted?.lastHeight === header.height;
    const [first] = transactions;
    if (isLast && (first === undefined || !isHandoverTo(first, before)))
      return 'ends its epoch without the handover';
    const rest = isLast ? transactions.slice(1) : transactions;
    if (rest.some((each) => isFor('handover', each))) return 'holds a handover out of place';
    const standing = this.#countAll(before, rest, header.height);
    if (typeof standing === 'string' || !isLast || before.adopted === undefined) return standing;
    const { chain, adopted } = before;
    const root = { view: header.view, height: header.height, digest };
    const terms = termsByWords(before.terms, adopted.change.terms, this.#rules.protocols) ?? before.terms;
    const epoch = toEpoch(before.epoch + 1n);
    return { chain, epoch, roster: adopted.roster, terms, root, votes: new Map(), adopted: undefined };
  }

  #countAll(before: Standing, rest: readonly Transaction[], height: bigint): Standing | string {
    let standing = before;
    for (const vote of rest.filter((each) => isFor('membership', each))) {
      const counted = this.#count(standing, vote, height);
      if (typeof counted === 'string') return counted;
      standing = counted;
    }
    return this.#withoutLiars(standing, rest, height);
  }

  /** Of the members that evidence in the block accuses, as many leave as the policy can spare, in its order, where nothing else is adopted. */
  #withoutLiars(before: Standing, rest: readonly Transaction[], height: bigint): Standing {
    const isAllowed = (each: MembershipChange): boolean => this.#isAllowed(before, each);
    const change = exclusionBy(rest, before, { ...this.#rules, isAllowed });
    if (change === undefined) return before;
    const roster = membersAfter(before.roster, change);
    return { ...before, adopted: { change, roster, lastHeight: height + 1n } };
  }

  #count(before: Standing, { bytes }: Transaction, height: bigint): Standing | string {
    const vote = decodeMembershipVote(bytes);
    if (vote === undefined) return 'holds a vote that cannot be read';
    const { change, digest, goodUntil, member } = vote;
    if (before.adopted !== undefined) return 'holds a vote after a change was adopted';
    if (height < before.root.height + BigInt(this.#rules.epochBlocksMin)) return 'holds a vote too early';
    const good = [...before.votes].map(([of, all]) => [of, goodAt(all, height)] as const);
    const voters = new Map(good.find(([of]) => of === digest)?.[1]);
    const given = good.filter(([, all]) => all.has(member)).length;
    if (voters.has(member) || given >= VOTES_EACH_MAX) return 'holds a vote too many of a member';
    if (!isTimely(goodUntil, height)) return 'holds a vote that is not good there';
    const isOfEpoch = change.chain === before.chain && change.epoch === before.epoch;
    const isSigned = this.#isSigned(before, vote);
    if (!isOfEpoch || !isSigned) return 'holds a vote that no member gave in this epoch';
    const votes = new Map(before.votes).set(digest, voters.set(member, goodUntil));
    if (voters.size < quorumOfCount(before.roster.length)) return { ...before, votes };
    if (!this.#isAllowed(before, change)) return 'adopts what the policy forbids';
    const roster = membersAfter(before.roster, change);
    return { ...before, votes, adopted: { change, roster, lastHeight: height + 1n } };
  }

  #isSigned(before: Standing, vote: NonNullable<ReturnType<typeof decodeMembershipVote>>): boolean {
    const { scope, nodes } = this.#federation.epochOf(before);
    const node = nodes[vote.member];
    const message = membershipSigningBytes(scope.protocol, vote);
    return node !== undefined && this.#federation.votes.verify(node, message, vote.signature);
  }

  #isAllowed({ roster, terms }: Standing, { leave, join, terms: named }: MembershipChange): boolean {
    const { membersMin, membersMax, step, growthMax, protocols } = this.#rules;
    const then = termsByWords(terms, named, protocols);
    if (then === undefined) return false;
    const least = protocols.get(then.protocol)?.runsWithoutFaults === false ? 4 : 1;
    const stay = roster.filter(({ name }) => !leave.includes(name));
    const names = [...stay, ...join].map(({ name }) => name);
    const size = names.length;
    const isSized = size >= Math.max(membersMin, least) && size <= membersMax && size % step === 0;
    const isOther = leave.length + join.length > 0 || termsText(then) !== termsText(terms);
    const isSteady = size - roster.length <= growthMax && isOther;
    const isKnown = roster.length - stay.length === leave.length;
    return isSized && isSteady && isKnown && new Set(names).size === size;
  }
}

function isHandoverTo({ bytes }: Transaction, { chain, epoch, adopted }: Standing): boolean {
  const handover = decodeHandover(bytes);
  const told = handover?.roster.map(({ name, publicKey }) => `${name} ${publicKey.join()}`).join();
  const meant = adopted?.roster.map(({ name, publicKey }) => `${name} ${publicKey.join()}`).join();
  const isNamed = namedText(handover?.terms) === namedText(adopted?.change.terms);
  return handover?.chain === chain && handover.epoch === epoch + 1n && told === meant && isNamed;
}
