import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { Amnesia } from './amnesia.ts';
import { type ModelResult, searchModel } from './fork-search.ts';

/** One search: its rules, and whether it must find a fork. */
export interface ModelCase {
  readonly name: string;
  /** The broken rule; left out: none. */
  readonly rule?: string;
  readonly mustFork: boolean;
  readonly honest: number;
  readonly liars: number;
  readonly quorum: number;
  readonly rules: Rules;
  readonly amnesia?: Amnesia;
}

const FOUR = { honest: 3, liars: 1, quorum: 3, rules: ALL_RULES } as const;

/**
 * The full rules, and each of those taken out without which HotStuff forks (libs/custody/README.md 3.3). The others are in
 * promise-cases.ts.
 */
export const MODEL_CASES: readonly ModelCase[] = [
  { ...FOUR, name: 'all rules', mustFork: false },
  { ...FOUR, name: 'all rules, no liar', mustFork: false, honest: 4, liars: 0 },
  ...(['slots', 'marks', 'certificates', 'lock'] as const).map((rule) => ({
    ...FOUR,
    ...{ name: `without ${rule}`, rule },
    mustFork: true,
    rules: { ...ALL_RULES, [rule]: false },
  })),
  { ...FOUR, name: 'one signer forgets its lock', rule: 'durable lock', mustFork: true, amnesia: 'lock' },
  { ...FOUR, name: 'one signer forgets its mark', rule: 'durable mark', mustFork: true, amnesia: 'mark' },
  { ...FOUR, name: 'five members, quorum n - f', mustFork: false, honest: 4, quorum: 4 },
  {
    ...FOUR,
    name: 'five members, quorum 2f + 1',
    rule: 'quorum n - f',
    mustFork: true,
    honest: 4,
    quorum: 3,
  },
];

export interface CaseResult extends ModelResult {
  readonly name: string;
  readonly rule?: string | undefined;
  readonly mustFork: boolean;
}

/** The protocol whose forks are searched for, and whose keys recover. */
export const FORKING_PROTOCOL = HOTSTUFF_TABLE.protocol;

/** @param isShortest - Whether a fork is to be one of as few signatures as it takes. */
export function runCase(each: ModelCase, views: number, isShortest = false): CaseResult {
  const { name, rule, mustFork } = each;
  return { name, rule, mustFork, ...searchModel({ ...each, views, isShortest }) };
}
