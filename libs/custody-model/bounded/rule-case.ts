import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { searchKeys } from '../key-search.ts';
import type { KeyWorld } from '../key-world.ts';
import { STUCK } from './rescue.ts';
import { SPLIT } from './rounds-machine.ts';
import { searchBroken } from './table-search.ts';

/** A rule that is taken out of the signer or of a table, and the promise that must break without it. */
export interface RuleCase {
  readonly protocol: string;
  readonly rule: string;
  readonly breaks: string;
  run(): RuleFound;
}

export interface RuleFound {
  readonly states: number;
  readonly broken: string | undefined;
  /** As few as it takes. */
  readonly signatures: number;
  /** The statements signed; empty of searches that tell numbers alone. */
  readonly trace: readonly string[];
}

/** Two views show every rule of a height: a block, and the view after it. */
const SIZE = { views: 2, heights: 1 } as const;
/** A case that takes more is none. */
const CEILING = { bytesMax: 2 ** 31, untilMs: Number.POSITIVE_INFINITY } as const;

/** Searches for a broken promise in a protocol of rounds with these rules. */
export function brokenIn(table: VoteTable, promise: string, rules: Rules): RuleFound {
  const of = { isSplitBroken: promise === SPLIT, isMuteBroken: promise === STUCK };
  const now = { ceiling: CEILING, nowMs: () => 0 };
  const { states, broken, trace } = searchBroken({ table, ...SIZE, ...of, ...now, rules });
  return { states, broken, signatures: trace.length, trace };
}

/** Searches for a broken promise in a world of keys with these rules. */
export function foundIn(world: KeyWorld, rules: Rules = ALL_RULES): RuleFound {
  const { states, broken, steps } = searchKeys(world, rules);
  return { states, broken, signatures: steps, trace: [] };
}
