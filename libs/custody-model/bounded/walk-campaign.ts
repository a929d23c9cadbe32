import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { prng } from '#libs/random/prng.ts';
import { stateName } from '../state-name.ts';
import { askPlan, type Extent } from './ask-places.ts';
import { fullName, KeyBook } from './key-book.ts';
import { type Walk, Walker } from './random-walk.ts';
import { isRescued, STUCK } from './rescue.ts';
import { promisesNoSplit } from './table-search.ts';

export interface WalkCampaign extends Extent {
  readonly table: VoteTable;
  /** Left out: all of them. */
  readonly rules?: Rules;
  /** Number of the first walk: it is the seed of the walk, so that a campaign goes on where one ended. */
  readonly from: number;
  readonly count: number;
  /** When to stop, by `nowMs`. */
  readonly untilMs: number;
  nowMs(): number;
  onProgress?(walks: number): void;
}

export interface WalkResult {
  readonly walks: number;
  /** Number of the walk to go on with. */
  readonly next: number;
  readonly signatures: number;
  readonly longest: number;
  /** Walks in which so many heights were decided, from none. */
  readonly decided: readonly number[];
  /** States on a walk from which the honest keys were asked to decide again, each once. */
  readonly rescues: number;
  /** The promise that the last walk broke. */
  readonly broken: string | undefined;
  readonly trace: readonly string[];
}

/** Walks between two looks at the clock. */
const LOOK_EVERY = 1000;
/** Keys that are remembered as judged: more, and the oldest are judged anew. */
const JUDGED_MAX = 2 ** 20;

/** Random walks, one for each number, until one breaks a promise: a fork, a split, or keys that are mute on the way. */
export function walkMany(campaign: WalkCampaign): WalkResult {
  const { table, from, count, untilMs, rules = ALL_RULES } = campaign;
  const plan = askPlan(table, campaign);
  const book = new KeyBook(plan, rules, rules === ALL_RULES ? stateName : fullName);
  const walker = new Walker({ plan, book, isSplitBroken: promisesNoSplit(table) });
  const moments = new MomentJudge(table, book);
  const tally = new WalkTally(campaign);
  let last: Walk | undefined;
  while (
    tally.walks < count &&
    (tally.walks % LOOK_EVERY !== 0 || tally.walks === 0 || campaign.nowMs() < untilMs)
  ) {
    last = walker.walk(prng(from + tally.walks));
    tally.add(last);
    // A key that a missing rule makes mute is not what such a campaign is about.
    tally.broken = last.broken ?? (rules === ALL_RULES ? moments.judge(last) : undefined);
    if (tally.broken !== undefined) break;
  }
  const signed = tally.broken === undefined ? [] : (last?.signed ?? []);
  const trace = signed.map(({ at, ask }) => `member ${at}: ${plan.asks[ask]?.name}`);
  return { ...tally.result(), rescues: moments.count, trace };
}

class WalkTally {
  walks = 0;
  broken: string | undefined;
  readonly #campaign: WalkCampaign;
  readonly #decided: number[];
  #signatures = 0;
  #longest = 0;

  constructor(campaign: WalkCampaign) {
    this.#campaign = campaign;
    this.#decided = new Array<number>(campaign.heights + 1).fill(0);
  }

  add({ signed, decided }: Walk): void {
    this.walks++;
    this.#signatures += signed.length;
    this.#longest = Math.max(this.#longest, signed.length);
    this.#decided[decided] = (this.#decided[decided] ?? 0) + 1;
    if (this.walks % LOOK_EVERY === 0) this.#campaign.onProgress?.(this.walks);
  }

  result(): Omit<WalkResult, 'rescues' | 'trace'> {
    const { walks, broken } = this;
    const next = this.#campaign.from + walks;
    return {
      walks,
      next,
      signatures: this.#signatures,
      longest: this.#longest,
      decided: this.#decided,
      broken,
    };
  }
}

/** Asks the keys of some moment of a walk to decide again: the same keys once. */
class MomentJudge {
  count = 0;
  readonly #table: VoteTable;
  readonly #book: KeyBook;
  readonly #judged = new Set<string>();

  constructor(table: VoteTable, book: KeyBook) {
    this.#table = table;
    this.#book = book;
  }

  judge({ keys }: Walk): string | undefined {
    const three = keys.toSorted((a, b) => a - b);
    const name = three.join();
    if (this.#judged.has(name)) return undefined;
    if (this.#judged.size >= JUDGED_MAX) this.#judged.clear();
    this.#judged.add(name);
    this.count++;
    const states = three.map((key) => this.#book.state(key));
    return isRescued(this.#table, states) ? undefined : STUCK;
  }
}
