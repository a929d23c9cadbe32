import { toHex } from '#libs/bytes/hex.ts';
import { type Height, type MemberIndex, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { EXCLUSION_PARAMETER } from '#libs/protocol/exclusion-words.ts';
import { SUSPENSION_PARAMETER } from '#libs/protocol/suspension-words.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import type { AutomaticVotes, ClockPort } from '../ports/engine-ports.ts';
import { ProbeCounts } from './probe-counts.ts';
import { SuspendedMembers } from './suspended-members.ts';
import { AUTOMATIC_VOTE_BLOCKS, PROBE_MS, RECAST_PROBES, REFUSED_PROBES } from './suspension-limits.ts';
import { suspensionWish } from './suspension-rule.ts';

export interface SuspensionOptions {
  /** Name of this node. */
  readonly name: string;
  readonly membership: () => Membership;
  /** Height of the newest final block. */
  readonly height: () => Height;
  /** Gateway keys of the peers, by the index that messages come from: members, then guests. */
  readonly circle: () => readonly Uint8Array[];
  /** Asks a peer where it is. */
  readonly probe: (peer: MemberIndex) => void;
  readonly votes: AutomaticVotes;
  readonly submit: (vote: Transaction) => void;
  readonly clock: ClockPort;
}

/**
 * Has this node vote that a member leaves which answers nothing for long, and that it comes back when it answers again, where the terms
 * say so (TW-2.1.5): each node votes by what it sees itself, a quorum decides, and all have the same members at one height. A
 * node remembers whom it voted out until it starts again; then a person votes for the return.
 */
export class AutoSuspension {
  readonly #options: SuspensionOptions;
  readonly #counts = new ProbeCounts();
  readonly #suspended = new SuspendedMembers();
  /** Digests of changes that the signer refused, until they are tried again. */
  readonly #refused = new Set<string>();
  #cancel: (() => void) | undefined;
  /** The vote that was cast last, and how many probes ago. */
  #cast: { readonly digest: string; probes: number } | undefined;
  /** The peers of one membership, by the index of their messages: looked up for each message. */
  #peers: ReadonlyMap<MemberIndex, string> = new Map();
  #peersOf: Membership | undefined;
  #probes = 0;

  constructor(options: SuspensionOptions) {
    this.#options = options;
  }

  /** Called at the start and whenever an epoch begins: probes where the terms ask for any. */
  start(): void {
    this.stop();
    const { membership, clock, votes } = this.#options;
    const now = membership();
    this.#suspended.enter(now);
    votes.suspended?.(this.#suspended.all.map(({ name }) => name));
    this.#peersOf = undefined;
    if (failuresMaxIn(now) === 0) return;
    this.#cancel = clock.after(PROBE_MS, () => this.#turn());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  heard(from: MemberIndex): void {
    if (this.#cancel === undefined) return;
    const name = this.#peersNow().get(from);
    if (name !== undefined) this.#counts.heard(name);
  }

  #turn(): void {
    const { clock, probe } = this.#options;
    this.#cancel = clock.after(PROBE_MS, () => this.#turn());
    const peers = this.#peersNow();
    this.#counts.turn([...peers.values()]);
    for (const peer of peers.keys()) probe(peer);
    if (++this.#probes % REFUSED_PROBES === 0) this.#refused.clear();
    this.#vote();
  }

  /** The other members, and those that were suspended. */
  #peersNow(): ReadonlyMap<MemberIndex, string> {
    const { name: own, membership, circle } = this.#options;
    const now = membership();
    if (now === this.#peersOf) return this.#peers;
    const others = [...now.roster, ...this.#suspended.all].filter(({ name }) => name !== own);
    const places = new Map(circle().map((key, index) => [toHex(key), toMemberIndex(index)]));
    this.#peers = new Map(
      others.flatMap(({ name, gatewayPublicKey }): [MemberIndex, string][] => {
        const index = places.get(toHex(gatewayPublicKey));
        return index === undefined ? [] : [[index, name]];
      }),
    );
    this.#peersOf = now;
    return this.#peers;
  }

  #vote(): void {
    const membership = this.#options.membership();
    const me = placeIn(membership.set, this.#options.name);
    if (me === undefined) return;
    const change = suspensionWish({
      ...{ membership, me, counts: this.#counts, failuresMax: failuresMaxIn(membership) },
      suspended: mayReturn(membership) ? this.#suspended.all : [],
      isRefused: (digest) => this.#refused.has(digest),
    });
    if (change === undefined) return;
    const digest = changeDigest(change);
    if (this.#cast?.digest === digest && this.#cast.probes++ < RECAST_PROBES) return;
    this.#cast = { digest, probes: 0 };
    this.#give(change, membership, me);
  }

  #give(change: MembershipChange, { roster, epoch }: Membership, member: MemberIndex): void {
    const { votes, submit, height } = this.#options;
    const goodUntil = toHeight(height() + AUTOMATIC_VOTE_BLOCKS);
    votes.sign({ change, goodUntil }, (signature) => {
      if (signature === undefined) return void this.#refused.add(changeDigest(change));
      const facts = roster.find(({ name }) => change.leave.includes(name));
      if (facts !== undefined) this.#suspended.voted(facts, epoch);
      submit(transactionOf(encodeMembershipVote({ change, goodUntil, member, signature })));
    });
  }
}

function failuresMaxIn({ terms }: Membership): number {
  return terms.parameters[SUSPENSION_PARAMETER] ?? 0;
}

/** Where evidence excludes, a member that left may be a liar that was away too: people decide about its return. */
function mayReturn({ terms }: Membership): boolean {
  return terms.parameters[EXCLUSION_PARAMETER] !== 1;
}
