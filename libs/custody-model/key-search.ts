import { decide } from '#libs/custody/decide.ts';
import type { Rules } from '#libs/custody/judge.ts';
import type { KeyNode, KeyWorld, ModelKey } from './key-world.ts';
import { stateName } from './state-name.ts';

export interface SearchResult {
  /** States seen; up to the first broken promise. */
  readonly states: number;
  /** The promise that was broken. */
  readonly broken: string | undefined;
  /** Signatures on the way there; 0 without one. */
  readonly steps: number;
}

/**
 * Searches all states that hostile hosts can bring honest keys to: in each state every request to every key,
 * with every proof that the signatures so far allow. The rules are `decide` of libs/custody itself.
 */
export function searchKeys(world: KeyWorld, rules: Rules): SearchResult {
  return new KeySearch(world, rules).run();
}

class KeySearch {
  readonly #world: KeyWorld;
  readonly #rules: Rules;
  readonly #nodes = new Map<string, KeyNode>();
  /** The successors of a node, by request and shown proof. */
  readonly #next = new Map<string, KeyNode | undefined>();
  #wrong: string | undefined;

  constructor(world: KeyWorld, rules: Rules) {
    this.#world = world;
    this.#rules = rules;
  }

  run(): SearchResult {
    const first = this.#world.keys.map((key) => this.#node(key, []));
    const seen = new Set([nameOf(first)]);
    // In the order of signatures: a broken promise is found with as few as it takes.
    const open: (readonly KeyNode[])[] = [first];
    for (const keys of open) {
      for (const next of this.#successors(keys)) {
        const name = nameOf(next);
        if (seen.has(name)) continue;
        seen.add(name);
        const broken = this.#world.broken(next);
        if (broken !== undefined) return { states: seen.size, broken, steps: signaturesIn(next) };
        open.push(next);
      }
      if (this.#wrong !== undefined) {
        return { states: seen.size, broken: this.#wrong, steps: signaturesIn(keys) };
      }
    }
    return { states: seen.size, broken: undefined, steps: 0 };
  }

  *#successors(keys: readonly KeyNode[]): Iterable<readonly KeyNode[]> {
    for (const [position, key] of keys.entries()) {
      // Two keys in the same state can do the same: one of them is enough.
      if (keys.indexOf(key) !== position) continue;
      const put = (next: KeyNode) => keys.map((each, at) => (at === position ? next : each));
      for (const turned of this.#world.turns?.(key, keys) ?? []) yield put(this.#node(turned, key.signed));
      for (const next of this.#signings(key, keys)) yield put(next);
    }
  }

  *#signings(key: KeyNode, keys: readonly KeyNode[]): Iterable<KeyNode> {
    for (let ask = this.#world.asks.length - 1; ask >= 0; ask--) {
      for (const shown of this.#world.shown(ask, keys)) {
        const next = this.#after(key, ask, shown);
        if (next !== undefined) yield next;
      }
    }
  }

  /** The key after it signed; undefined when it refuses, or repeats an earlier signature. */
  #after(key: KeyNode, ask: number, shown: string): KeyNode | undefined {
    const name = `${key.id} ${ask} ${shown}`;
    if (this.#next.has(name)) return this.#next.get(name);
    const next = this.#asked(key, ask, shown);
    this.#next.set(name, next);
    return next;
  }

  #asked(key: KeyNode, index: number, shown: string): KeyNode | undefined {
    const ask = this.#world.asks[index];
    if (ask === undefined) return undefined;
    const facts = this.#world.facts(index, shown);
    const request = this.#world.asked?.(key, ask) ?? ask.request;
    const decision = decide(key.context, key.state, request, facts, this.#rules);
    this.#wrong ??= this.#world.wrongAnswer?.(key, ask, decision);
    const signed = ask.as ?? index;
    if (decision.kind !== 'sign' || key.signed.includes(signed)) return undefined;
    return this.#node({ ...key, state: decision.nextState }, [...key.signed, signed]);
  }

  #node({ role, context, state }: ModelKey, signed: readonly number[]): KeyNode {
    const sorted = signed.toSorted((a, b) => a - b);
    const name = `${role} ${sorted.join()} ${stateName(state)}`;
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node = { id: this.#nodes.size, role, context, state, signed: sorted };
    this.#nodes.set(name, node);
    return node;
  }
}

/** The order of the keys does not matter: the role of each is in its node. */
function nameOf(keys: readonly KeyNode[]): string {
  return keys
    .map(({ id }) => id)
    .sort((a, b) => a - b)
    .join();
}

function signaturesIn(keys: readonly KeyNode[]): number {
  return keys.reduce((sum, { signed }) => sum + signed.length, 0);
}
