import { equalBytes } from '#libs/bytes/bytes.ts';
import { type Height, type MemberIndex, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { MemberFacts } from '#libs/membership/roster.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { SUSPENSION_PARAMETER } from '#libs/protocol/suspension-words.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import type { AutomaticVotes, ClockPort } from '../ports/engine-ports.ts';
import { ProbeCounts } from './probe-counts.ts';
import { AUTOMATIC_VOTE_BLOCKS, PROBE_MS, RECAST_PROBES } from './suspension-limits.ts';
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
  readonly #suspended = new Map<string, MemberFacts>();
  #cancel: (() => void) | undefined;
  /** The vote that was cast last, and how many probes ago. */
  #cast: { readonly digest: string; probes: number } | undefined;

  constructor(options: SuspensionOptions) {
    this.#options = options;
  }

  /** Called at the start and whenever an epoch begins: probes where the terms ask for any. */
  start(): void {
    this.stop();
    const { membership, clock } = this.#options;
    if (failuresMaxIn(membership()) === 0) return;
    this.#cancel = clock.after(PROBE_MS, () => this.#turn());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Probes in a row that a member has not answered. */
  failed(name: string): number {
    return this.#counts.failed(name);
  }

  heard(from: MemberIndex): void {
    if (this.#cancel === undefined) return;
    const name = this.#peers().get(from);
    if (name !== undefined) this.#counts.heard(name);
  }

  #turn(): void {
    this.start();
    const peers = this.#peers();
    this.#counts.turn([...peers.values()]);
    for (const peer of peers.keys()) this.#options.probe(peer);
    this.#vote();
  }

  /** The other members, and those that were suspended, by the index of their messages. */
  #peers(): ReadonlyMap<MemberIndex, string> {
    const { name: own, membership, circle } = this.#options;
    const { roster } = membership();
    const others = [...roster, ...this.#suspended.values()].filter(({ name }) => name !== own);
    const keys = circle();
    return new Map(
      others.flatMap(({ name, gatewayPublicKey }): [MemberIndex, string][] => {
        const index = keys.findIndex((key) => equalBytes(key, gatewayPublicKey));
        return index < 0 ? [] : [[toMemberIndex(index), name]];
      }),
    );
  }

  #vote(): void {
    const { membership: membershipNow, name } = this.#options;
    const membership = membershipNow();
    this.#forgetReturned(membership);
    const me = placeIn(membership.set, name);
    if (me === undefined) return;
    const suspended = [...this.#suspended.values()].filter((facts) => isOut(membership, facts));
    const failuresMax = failuresMaxIn(membership);
    const change = suspensionWish({ membership, me, failuresMax, counts: this.#counts, suspended });
    if (change === undefined) return;
    const digest = changeDigest(change);
    if (this.#cast?.digest === digest && this.#cast.probes++ < RECAST_PROBES) return;
    this.#cast = { digest, probes: 0 };
    this.#give(change, membership, me);
  }

  #give(change: MembershipChange, { roster }: Membership, member: MemberIndex): void {
    const { votes, submit, height } = this.#options;
    const goodUntil = toHeight(height() + AUTOMATIC_VOTE_BLOCKS);
    votes.sign({ change, goodUntil }, (signature) => {
      if (signature === undefined) return;
      const [leaving] = change.leave;
      const facts = roster.find(({ name }) => name === leaving);
      if (facts !== undefined) this.#suspended.set(facts.name, facts);
      submit(transactionOf(encodeMembershipVote({ change, goodUntil, member, signature })));
    });
  }

  /** A member that is one again, with whatever key, is suspended no more. */
  #forgetReturned(membership: Membership): void {
    for (const facts of this.#suspended.values()) {
      const isBack = !isOut(membership, facts) && this.#counts.failed(facts.name) === 0;
      if (isBack) this.#suspended.delete(facts.name);
    }
  }
}

function isOut({ roster }: Membership, { name }: MemberFacts): boolean {
  return roster.every((member) => member.name !== name);
}

function failuresMaxIn({ terms }: Membership): number {
  return terms.parameters[SUSPENSION_PARAMETER] ?? 0;
}
