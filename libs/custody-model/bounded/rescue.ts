import { assert } from '#libs/assert/assert.ts';
import { type Digest, toDigest, toHeight, toMemberIndex, toView, type View } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { learnCertified } from '#libs/custody/learn-certified.ts';
import { type Leave, learnChoices } from '#libs/custody/learn-rounds.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { CHAIN, EPOCH } from '../rounds-asks.ts';
import { roundsContext } from './key-book.ts';

export const STUCK = 'mute: honest keys that are asked as honest members ask are refused, for good';

/** Heights that they must decide: the one that is open, and one that begins anew. */
const HEIGHTS = 2;
const FRESH = toDigest('e'.repeat(64));

/**
 * Whether three honest keys, whatever was done to them before, still decide when their hosts behave and the liar is
 * silent: they give the open view up, each with its own highest certificate, of which all see the highest alone; the view
 * after begins with what that leaves; its leader is honest; and then there is another height.
 */
export function isRescued(table: VoteTable, states: readonly CustodyState[]): boolean {
  return new Rescue(table, states).run();
}

class Rescue {
  readonly #table: VoteTable;
  readonly #keys: readonly Custodian[];

  constructor(table: VoteTable, states: readonly CustodyState[]) {
    const context = { ...roundsContext({ table }), leader: () => toMemberIndex(0) };
    this.#table = table;
    this.#keys = states.map((state, at) => new Custodian({ ...context, me: toMemberIndex(at) }, state));
  }

  run(): boolean {
    const first = this.#openHeight();
    for (let height = first; height < first + BigInt(HEIGHTS); height++) {
      for (const { facts } of this.#keys) facts.settled(height - 1n);
      if (!this.#decides(height)) return false;
    }
    return true;
  }

  /** The highest that a key knows to be open, or signed in: those below it are decided, which can be shown. */
  #openHeight(): bigint {
    return this.#keys
      .flatMap(({ state }) => [1n, state.openFrom, ...state.marks.keys()])
      .reduce((most, each) => (each > most ? each : most));
  }

  #decides(height: bigint): boolean {
    const views = this.#keys.flatMap(({ state }) => state.marks.get(height)?.view ?? []);
    if (views.length === 0) return this.#votes(height, this.#table.firstView, FRESH);
    // One above all that was signed: their reports when they left one of those are not known here.
    const left = toView(views.reduce((most, each) => (each > most ? each : most)) + 1n);
    const next = toView(left + 1n);
    const block = this.#leave(height, left);
    return block !== undefined && this.#votes(height, next, block);
  }

  /** @returns The block that the next view begins with; undefined when they are refused. */
  #leave(instance: bigint, view: View): Digest | undefined {
    const highest = this.#keys
      .flatMap(({ state }) => state.high.get(instance) ?? [])
      .reduce<{ readonly view: View; readonly digest: Digest } | undefined>(
        (most, each) => (most === undefined || each.view > most.view ? each : most),
        undefined,
      );
    const [kind] = Object.entries(this.#table.kinds).find(([, row]) => row.leaves !== undefined) ?? [];
    assert(kind !== undefined, 'a protocol of rounds has a kind that leaves');
    const leaves: Leave[] = [];
    for (const [at, custodian] of this.#keys.entries()) {
      const own = custodian.state.high.get(instance);
      const reports = own === undefined ? [] : [{ instance, view: own.view, digest: own.digest }];
      const statement = { kind, instance, view, block: undefined, reports };
      if (!signs(custodian, statement)) return undefined;
      leaves.push({ member: toMemberIndex(at), statement });
    }
    const shown = highest && { kind: this.#table.prepared, instance, height: instance, ...highest };
    const isLearned = this.#keys.every((custodian) => {
      if (shown !== undefined) learnCertified(this.#table, custodian.facts, shown);
      return learnChoices(custodian, leaves);
    });
    return isLearned ? (highest?.digest ?? FRESH) : undefined;
  }

  /** All vote for a block, from its proposal to the certificate that decides it. */
  #votes(instance: bigint, view: View, digest: Digest): boolean {
    const block = { height: toHeight(instance), digest };
    const vote = (kind: string): VoteStatement => ({ kind, instance, view, block, reports: [] });
    const [leader] = this.#keys;
    if (leader === undefined || !signs(leader, vote(this.#table.proposal))) return false;
    for (const { facts } of this.#keys) facts.proposed({ ...vote(this.#table.proposal), ...block });
    for (const kind of this.#waysToDecide()) {
      if (!this.#keys.every((custodian) => signs(custodian, vote(kind)))) return false;
      for (const { facts } of this.#keys) learnCertified(this.#table, facts, { ...vote(kind), ...block });
    }
    return true;
  }

  /** The first vote, and then each that rests on the one before. */
  #waysToDecide(): readonly string[] {
    const { kinds, prepared, decides } = this.#table;
    const kindsUp = [prepared];
    for (let last = prepared; last !== decides; ) {
      const [next] = Object.entries(kinds).find(([, { needs }]) => needs === last) ?? [];
      assert(next !== undefined, 'the kinds of a table rest on each other, up to the deciding one');
      kindsUp.push(next);
      last = next;
    }
    return kindsUp;
  }
}

function signs(custodian: Custodian, statement: VoteStatement): boolean {
  const binding = { session: custodian.state.session, chain: CHAIN, epoch: EPOCH };
  const request = { ...binding, statement, header: undefined, justifyView: undefined };
  const decision = custodian.decide(request);
  if (decision.kind === 'sign') custodian.commit(decision);
  return decision.kind === 'sign';
}
