import { assert } from '#libs/assert/assert.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { AskMask } from './ask-mask.ts';
import type { AskPlan } from './ask-places.ts';
import { type KeyBook, SHOWN, UNSIGNED, WAYS } from './key-book.ts';
import { swappedAsks } from './swapped-asks.ts';

/** Keys by number, as a search goes through them. */
export interface Keys {
  /** How many blocks are interchangeable: heights of two blocks that change places; 0 where the keys cannot tell. */
  readonly swaps: number;
  next(key: number, ask: number, shown: number): number;
  /** The requests that it may still sign, whatever is shown to it. */
  reach(key: number): AskMask;
  /** The same key, with the two blocks of each height in `swap`, a bit for each, in each other's place. */
  swapped(key: number, swap: number): number;
  state(key: number): CustodyState;
}

/** Every key of a book, with its signatures: nothing is taken together. For rules that are taken out. */
export function everyKey(book: KeyBook): Keys {
  return {
    swaps: 0,
    next: (key, ask, shown) => book.next(key, ask, shown),
    reach: () => AskMask.ALL,
    swapped: (key) => key,
    state: (key) => book.state(key),
  };
}

/**
 * The keys of a book taken together where no request within the extent is ever answered otherwise: the coarsest such
 * partition, by refinement. Every answer was given by `decide` before.
 * @param merges - Otherwise every state of the book stays a key of its own: for a judge that asks beyond the extent.
 */
export function leastKeys(book: KeyBook, plan: AskPlan, { merges }: { readonly merges: boolean }): Keys {
  const asks = plan.asks.length;
  // All keys are made by asking every one for everything.
  for (let key = 0; key < book.size; key++) for (let at = 0; at < asks * WAYS; at++) answerOf(book, key, at);
  const classes = merges ? partition(book, asks) : Array.from({ length: book.size }, (_, key) => key);
  const first = new Map([...classes.entries()].toReversed().map(([key, each]) => [each, key] as const));
  const member = (each: number): number => first.get(each) ?? UNSIGNED;
  const answers = Int32Array.from({ length: first.size * asks * WAYS }, (_, at) => {
    const next = answerOf(book, member(Math.floor(at / (asks * WAYS))), at % (asks * WAYS));
    return next === UNSIGNED ? UNSIGNED : (classes[next] ?? UNSIGNED);
  });
  const next = (key: number, ask: number, shown: number): number =>
    answers[(key * asks + ask) * WAYS + shown] ?? UNSIGNED;
  const reaches = reachesOf(next, first.size, asks);
  const swaps = 2 ** plan.heights;
  const swapped = Array.from({ length: swaps }, (_, swap) => swappedKeys(next, first.size, { plan, swap }));
  return {
    ...{ swaps, next },
    reach: (key) => reaches[key] ?? AskMask.ALL,
    swapped: (key, swap) => swapped[swap]?.[key] ?? key,
    state: (key) => book.state(member(key)),
  };
}

function answerOf(book: KeyBook, key: number, at: number): number {
  return book.next(key, Math.floor(at / WAYS), at % WAYS);
}

/** Class of each key. The first key is of class 0. */
function partition(book: KeyBook, asks: number): readonly number[] {
  let classes: number[] = new Array<number>(book.size).fill(0);
  for (let count = 1; ; ) {
    const names = new Map<string, number>();
    const before = classes;
    classes = before.map((own, key) => {
      const answers = Array.from({ length: asks * WAYS }, (_, at) => {
        const next = answerOf(book, key, at);
        return next === UNSIGNED ? UNSIGNED : before[next];
      });
      const name = `${own} ${answers.join()}`;
      const known = names.get(name) ?? names.size;
      names.set(name, known);
      return known;
    });
    if (names.size === count) return classes;
    count = names.size;
  }
}

/** The requests on all ways from each key. With all that can be shown a key answers wherever it answers with less. */
function reachesOf(next: Keys['next'], size: number, asks: number): readonly AskMask[] {
  const reaches = Array.from({ length: size }, () => new AskMask());
  const grows = (reach: AskMask, key: number): boolean => {
    let isMore = false;
    for (let ask = 0; ask < asks; ask++) {
      const after = mostAnswered(next, key, ask);
      if (after === UNSIGNED) continue;
      isMore = reach.add(ask) || isMore;
      isMore = reach.addAll(reaches[after] ?? new AskMask()) || isMore;
    }
    return isMore;
  };
  while (reaches.filter(grows).length > 0);
  return reaches;
}

function mostAnswered(next: Keys['next'], key: number, ask: number): number {
  const after = next(key, ask, SHOWN.all);
  for (let shown = 0; shown < SHOWN.all; shown++) {
    const less = next(key, ask, shown);
    assert(less === UNSIGNED || less === after, 'a key answers less when less is shown, and not otherwise');
  }
  return after;
}

/** The key in the place of each when blocks change places: by the way from the first key, and the same on every way. */
function swappedKeys(
  next: Keys['next'],
  size: number,
  { plan, swap }: { readonly plan: AskPlan; readonly swap: number },
): Int32Array {
  const places = swappedAsks(plan, swap);
  const swapped = new Int32Array(size).fill(UNSIGNED);
  const open: number[] = [];
  const put = (key: number, mirror: number): void => {
    assert(swapped[key] === UNSIGNED || swapped[key] === mirror, 'blocks are alike on every way');
    if (swapped[key] === UNSIGNED) open.push(key);
    swapped[key] = mirror;
  };
  put(0, 0);
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (let at = 0; at < places.length * WAYS; at++) {
      const [ask, shown] = [Math.floor(at / WAYS), at % WAYS];
      const after = next(key, ask, shown);
      const mirrored = next(swapped[key] ?? 0, places[ask] ?? ask, shown);
      assert((after === UNSIGNED) === (mirrored === UNSIGNED), 'blocks are alike');
      if (after !== UNSIGNED) put(after, mirrored);
    }
  }
  return swapped;
}
