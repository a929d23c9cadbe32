import type { AskPlan } from './ask-places.ts';
import { swappedFlags } from './flags.ts';
import { Interned, Mirror } from './interned.ts';
import type { Keys } from './least-keys.ts';
import { HONEST, type Scratch } from './scratch.ts';
import { swappedAsks } from './swapped-asks.ts';

/** A state: three keys and what is known to all, each by its number here. */
export type MachineState = readonly [number, number, number, number];

/** The numbers of the parts of states; and of all states that differ in the order of keys and blocks alone, the least. */
export class Images {
  readonly #nodes = new Interned();
  readonly #known = new Interned();
  readonly #nodeMirrors: readonly Mirror[];
  readonly #knownMirrors: readonly Mirror[];
  readonly #ids = new Int32Array(HONEST);

  constructor(plan: AskPlan, keys: Keys) {
    const swaps = Array.from({ length: Math.max(0, keys.swaps - 1) }, (_, at) => at + 1);
    const asks = swaps.map((swap) => swappedAsks(plan, swap));
    this.#nodeMirrors = swaps.map(
      (swap, at) =>
        new Mirror((id) => {
          const [lo, hi] = swappedWords(this.#nodes.lo(id), this.#nodes.hi(id), asks[at] ?? []);
          return this.#nodes.id(keys.swapped(this.#nodes.tag(id), swap), lo, hi);
        }),
    );
    this.#knownMirrors = swaps.map(
      (swap, at) =>
        new Mirror((id) => {
          const [lo, hi] = swappedWords(this.#known.lo(id), this.#known.hi(id), asks[at] ?? []);
          return this.#known.id(swappedFlags(this.#known.tag(id), { ...plan, swap }), lo, hi);
        }),
    );
  }

  /** Parts of keys that there were. */
  get nodes(): number {
    return this.#nodes.size;
  }

  /** The key of a part. */
  key(id: number): number {
    return this.#nodes.tag(id);
  }

  hasSigned(id: number, ask: number): boolean {
    return hasBit(this.#nodes.lo(id), this.#nodes.hi(id), ask);
  }

  flags(known: number): number {
    return this.#known.tag(known);
  }

  hasCertified(known: number, ask: number): boolean {
    return hasBit(this.#known.lo(known), this.#known.hi(known), ask);
  }

  load([a, b, c, known]: MachineState, into: Scratch): void {
    for (const [at, id] of [a, b, c].entries()) {
      into.key[at] = this.#nodes.tag(id);
      into.lo[at] = this.#nodes.lo(id);
      into.hi[at] = this.#nodes.hi(id);
    }
    into.flags = this.#known.tag(known);
    into.certified.lo = this.#known.lo(known);
    into.certified.hi = this.#known.hi(known);
  }

  /** The least image of a state. */
  least({ key, lo, hi, certified, flags }: Scratch): MachineState {
    for (let at = 0; at < HONEST; at++)
      this.#ids[at] = this.#nodes.id(key[at] ?? 0, lo[at] ?? 0, hi[at] ?? 0);
    const [x = 0, y = 0, z = 0] = this.#ids;
    const known = this.#known.id(flags, certified.lo, certified.hi);
    let best = ordered(x, y, z, known);
    for (const [at, mirror] of this.#nodeMirrors.entries()) {
      const image = ordered(
        mirror.at(x),
        mirror.at(y),
        mirror.at(z),
        this.#knownMirrors[at]?.at(known) ?? known,
      );
      if (isBefore(image, best)) best = image;
    }
    return best;
  }
}

function hasBit(lo: number, hi: number, ask: number): boolean {
  return ((ask < 32 ? lo >>> ask : hi >>> (ask - 32)) & 1) === 1;
}

function swappedWords(lo: number, hi: number, asks: readonly number[]): readonly [number, number] {
  const words: [number, number] = [0, 0];
  for (const [ask, other] of asks.entries()) {
    if (hasBit(lo, hi, ask)) words[other < 32 ? 0 : 1] |= 1 << other;
  }
  return words;
}

function ordered(x: number, y: number, z: number, known: number): MachineState {
  const [a, b] = x < y ? [x, y] : [y, x];
  if (z >= b) return [a, b, z, known];
  return z < a ? [z, a, b, known] : [a, z, b, known];
}

function isBefore([a, b, c, d]: MachineState, [e, f, g, h]: MachineState): boolean {
  if (a !== e) return a < e;
  if (b !== f) return b < f;
  return c === g ? d < h : c < g;
}
