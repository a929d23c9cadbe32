import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { stateName } from '../state-name.ts';
import { askPlan, type Extent } from './ask-places.ts';
import { type BoundedResult, type SearchOptions, searchBounded } from './bounded-search.ts';
import { fullName, KeyBook } from './key-book.ts';
import { everyKey, type Keys, leastKeys } from './least-keys.ts';
import { isRescued, STUCK } from './rescue.ts';
import { RoundsMachine } from './rounds-machine.ts';
import { pathTrace } from './trace.ts';

export interface TableSearch extends Extent, Pick<SearchOptions, 'ceiling' | 'nowMs' | 'onProgress'> {
  readonly table: VoteTable;
}

/** A search with a rule taken out, of the key or of its table. */
export interface BrokenSearch extends TableSearch {
  readonly rules: Rules;
  readonly isSplitBroken: boolean;
  /** Whether mute keys break a promise. */
  readonly isMuteBroken: boolean;
}

export interface TableResult extends Omit<BoundedResult, 'path'> {
  /** The statements signed on the way to a broken promise, as member and statement. */
  readonly trace: readonly string[];
}

/**
 * Every state of one liar and three honest keys within the extent, with all rules: no fork, no split where the table
 * promises none, and in no state are the honest keys mute.
 */
export function searchTable({ table, views, heights, ...options }: TableSearch): TableResult {
  const plan = askPlan(table, { views, heights });
  const keys = leastKeys(new KeyBook(plan, ALL_RULES, stateName), plan, { merges: false });
  const machine = new RoundsMachine(plan, keys, { isSplitBroken: promisesNoSplit(table), forgets: true });
  return resultOf(searchBounded({ ...options, machine, judge: muteJudge(table, machine, keys) }), {
    machine,
    plan,
  });
}

/**
 * The same, where a rule is taken out, and so with every signature of every key: nothing is taken together but the order
 * of the keys. The way to the broken promise is one of as few signatures as it takes.
 */
export function searchBroken({ table, views, heights, rules, ...options }: BrokenSearch): TableResult {
  const { isSplitBroken, isMuteBroken, ...rest } = options;
  const plan = askPlan(table, { views, heights });
  const keys = everyKey(new KeyBook(plan, rules, fullName));
  const machine = new RoundsMachine(plan, keys, { isSplitBroken, forgets: false });
  const judge = isMuteBroken ? { judge: muteJudge(table, machine, keys) } : {};
  return resultOf(searchBounded({ ...rest, ...judge, machine }), { machine, plan });
}

/**
 * Whether two honest deciding votes of one height for two blocks break a promise: where the deciding vote rests on votes that
 * remember the certificate, a quorum of them holds it before the first deciding vote is given.
 */
export function promisesNoSplit(table: VoteTable): boolean {
  const decides = kindRowOf(table, table.decides);
  return decides?.needs !== undefined && kindRowOf(table, decides.needs)?.remembers === 'high';
}

type Judge = NonNullable<SearchOptions['judge']>;

/** Each three keys are judged once. */
function muteJudge(table: VoteTable, machine: RoundsMachine, keys: Keys): Judge {
  const known = new Map<string, boolean>();
  return (state) => {
    const three = machine.keysOf(state).toSorted((a, b) => a - b);
    const name = three.join();
    const isWell =
      known.get(name) ??
      isRescued(
        table,
        three.map((key) => keys.state(key)),
      );
    known.set(name, isWell);
    return isWell ? undefined : STUCK;
  };
}

function resultOf({ path, ...result }: BoundedResult, of: Parameters<typeof pathTrace>[1]): TableResult {
  return { ...result, trace: pathTrace(path, of) };
}
