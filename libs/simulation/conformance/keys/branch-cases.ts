import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { searchKeys } from '#libs/custody-model/key-search.ts';
import type { KindRow, VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { allPlaces } from './branch-blocks.ts';
import { BRANCH_PROMISES } from './branch-broken.ts';
import { type BranchPlan, branchWorld } from './branch-world.ts';
import type { KeySearchCase } from './key-search-case.ts';

const { fork, hides, twice, usurps, unproposed } = BRANCH_PROMISES;

const FIRST = { view: 0, parent: undefined };

/** A block, and in the next view a rival of it and a block upon it. */
const RIVALS = [FIRST, { view: 1, parent: undefined }, { view: 1, parent: 0 }];

interface BranchScene {
  readonly name: string;
  readonly plan: BranchPlan;
  /** The promise that breaks there without a rule. */
  readonly breaks: Partial<Record<keyof Rules, string>>;
}

/** Small worlds that together show each rule to be needed. */
const SCENES: readonly BranchScene[] = [
  {
    name: 'rivals in two views',
    plan: { places: RIVALS, views: 2 },
    breaks: { marks: fork, certificates: fork, lock: fork },
  },
  { name: 'two blocks of one view', plan: { places: [FIRST, FIRST], views: 1 }, breaks: { slots: fork } },
  {
    name: 'a view that is given up',
    plan: { places: [FIRST], views: 1, leaves: true },
    breaks: { marks: hides, leaving: hides, reports: hides },
  },
  {
    name: 'an honest leader',
    plan: { places: [FIRST, FIRST], views: 1, leader: 0, proposes: true },
    breaks: { slots: twice, leaders: usurps, proposals: unproposed },
  },
  {
    name: 'false headers',
    plan: { places: RIVALS, views: 2, forges: true },
    breaks: { blocks: fork },
  },
];

/** All that closes within minutes. */
const LARGE: readonly BranchScene[] = [
  {
    name: 'every branch of two views, and each block again in the second',
    plan: { places: allPlaces(2), views: 2, repeats: true },
    breaks: {},
  },
  {
    name: 'two views that are given up, and a block again in the second',
    plan: { places: [FIRST], views: 2, repeats: true, leaves: true },
    breaks: {},
  },
  {
    name: 'rivals, and each again in the second view',
    plan: { places: RIVALS, views: 2, repeats: true },
    breaks: { marks: fork, certificates: fork, lock: fork },
  },
];

/** The searches over a table whose views run across heights: with all rules, and without each rule and each column. */
export function branchCases(table: VoteTable, isWhole: boolean): readonly KeySearchCase[] {
  const scenes = isWhole ? [...SCENES, ...LARGE] : SCENES;
  const rules = scenes.flatMap(({ name, plan, breaks }) => [
    caseOf(name, table, { plan, rules: ALL_RULES, mustBreak: undefined }),
    ...Object.entries(breaks).map(([rule, mustBreak]) =>
      caseOf(`${name}, without ${rule}`, table, { plan, rules: { ...ALL_RULES, [rule]: false }, mustBreak }),
    ),
  ]);
  return [...rules, ...columnCases(table)];
}

/** Every column that says what a key remembers, and the certificate that a deciding vote rests on. */
function columnCases(table: VoteTable): readonly KeySearchCase[] {
  return Object.entries(table.kinds).flatMap(([kind, row]) => {
    const changed = (of: KindRow): VoteTable => ({ ...table, kinds: { ...table.kinds, [kind]: of } });
    const { remembers, ...forgetful } = row;
    const { needs, ...groundless } = row;
    const memory = remembers === 'lock' ? 'lock' : 'reports';
    return [
      ...(remembers === undefined ? [] : columnCase(`${kind} is not remembered`, changed(forgetful), memory)),
      ...(kind !== table.decides || needs === undefined
        ? []
        : columnCase(`${kind} rests on nothing`, changed(groundless), 'certificates')),
    ];
  });
}

/** A changed table, in the scene in which the rule is needed that rests on the column. */
function columnCase(name: string, changed: VoteTable, rule: keyof Rules): readonly KeySearchCase[] {
  const scene = SCENES.find(({ breaks }) => breaks[rule] !== undefined);
  if (scene === undefined) return [];
  const { plan, breaks } = scene;
  return [caseOf(name, changed, { plan, rules: ALL_RULES, mustBreak: breaks[rule] })];
}

interface Searched {
  readonly plan: BranchPlan;
  readonly rules: Rules;
  readonly mustBreak: string | undefined;
}

function caseOf(name: string, table: VoteTable, { plan, rules, mustBreak }: Searched): KeySearchCase {
  return {
    ...{ name, mustBreak },
    run: () => ({ ...searchKeys(branchWorld(table, plan), rules), isClosed: true }),
  };
}
