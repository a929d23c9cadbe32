import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { DBFT_TABLE, PBFT_TABLE, PHASED_TABLE } from '#libs/custody/tables/rounds.ts';
import { BINDING_PROMISES, bindingWorld } from './binding-world.ts';
import { HOTSTUFF_PROMISES } from './hotstuff-broken.ts';
import { type HotStuffPlan, hotStuffWorld } from './hotstuff-world.ts';
import { instanceJumpWorld, MUTE, OVER_WINDOW, viewJumpWorld } from './jump-world.ts';
import { type KeyWorld, type SearchResult, searchKeys } from './key-search.ts';
import { PROMISES } from './rounds-broken.ts';
import type { RoundsPlan } from './rounds-plan.ts';
import { roundsWorld } from './rounds-world.ts';

/** One search, and the promise that must break in it; undefined: none. */
export interface PromiseCase {
  readonly protocol: string;
  readonly name: string;
  /** The broken rule; left out: none. */
  readonly rule?: string;
  readonly mustBreak: string | undefined;
  readonly world: () => KeyWorld;
  readonly rules: Rules;
  /** Half a minute or more: for `npm run sim -- --signer-model` alone. */
  readonly isLong?: true;
}

export interface PromiseResult extends SearchResult {
  readonly protocol: string;
  readonly name: string;
  readonly rule: string | undefined;
  readonly mustBreak: string | undefined;
}

export function runPromiseCase({
  protocol,
  name,
  rule,
  mustBreak,
  world,
  rules,
}: PromiseCase): PromiseResult {
  return { protocol, name, rule, mustBreak, ...searchKeys(world(), rules) };
}

type Breaks = Partial<Record<keyof Rules, string>>;

/** All rules, and then each of these taken out. */
function each(
  { protocol, name, world, isLong }: Pick<PromiseCase, 'protocol' | 'name' | 'world' | 'isLong'>,
  breaks: Breaks,
): PromiseCase[] {
  const long = isLong === undefined ? {} : { isLong };
  return [
    { protocol, name, mustBreak: undefined, world, rules: ALL_RULES, ...long },
    ...Object.entries(breaks).map(([rule, mustBreak]) => ({
      ...{ protocol, rule, mustBreak, world },
      name: `${name}, without ${rule}`,
      rules: { ...ALL_RULES, [rule]: false },
    })),
  ];
}

const { fork, hides, twice, usurps, unproposed } = HOTSTUFF_PROMISES;

function hotStuff(name: string, plan: HotStuffPlan, breaks: Breaks): PromiseCase[] {
  return each({ protocol: 'hotstuff', name, world: () => hotStuffWorld(plan) }, breaks);
}

/** A block, and in the next view a rival of it and a block on it. */
const RIVALS = [
  { view: 1, parent: undefined },
  { view: 2, parent: undefined },
  { view: 2, parent: 0 },
];

/** Two blocks of one view, one of which its honest leader does not propose. */
const TWO_OF_ONE = [
  { view: 1, parent: undefined },
  { view: 1, parent: undefined },
  { view: 2, parent: 0 },
];

const HOTSTUFF_CASES: readonly PromiseCase[] = [
  ...hotStuff('false headers', { forges: true, blocks: RIVALS }, { blocks: fork }),
  ...hotStuff(
    'views that are given up',
    { timeouts: [1], blocks: [{ view: 1, parent: undefined }] },
    { leaving: hides, reports: hides, marks: hides },
  ),
  ...hotStuff(
    'an honest leader',
    { leader: 0, proposes: true, blocks: TWO_OF_ONE },
    { leaders: usurps, proposals: unproposed, slots: twice },
  ),
  ...each({ protocol: 'hotstuff', name: 'far views', world: viewJumpWorld }, { jump: MUTE }),
];

const BINDING_CASES: readonly PromiseCase[] = each(
  { protocol: 'every', name: 'sessions, chains, epochs and members', world: bindingWorld },
  {
    active: BINDING_PROMISES.active,
    sessions: BINDING_PROMISES.session,
    chain: BINDING_PROMISES.chain,
    epochs: BINDING_PROMISES.epoch,
    members: BINDING_PROMISES.member,
    repeats: BINDING_PROMISES.repeat,
  },
);

const SIZE = { views: 2, instances: 1, checkpoints: false } as const;

function rounds(plan: RoundsPlan, breaks: Breaks, name = 'two views of one instance'): PromiseCase[] {
  const long = plan.checkpoints ? { isLong: true as const } : {};
  return each({ protocol: plan.table.protocol, name, world: () => roundsWorld(plan), ...long }, breaks);
}

/** A case whose world of rounds is broken in another way than by taking a rule out of `decide`. */
function otherwise(
  plan: RoundsPlan,
  rule: string,
  mustBreak: string | undefined,
  rules = ALL_RULES,
): PromiseCase {
  const { protocol } = plan.table;
  return { protocol, name: rule, rule, mustBreak, world: () => roundsWorld(plan), rules };
}

const CHECKPOINTS = { table: PBFT_TABLE, views: 2, instances: 1, checkpoints: true } as const;

const PBFT_CASES: readonly PromiseCase[] = [
  ...rounds(
    { ...SIZE, table: PBFT_TABLE },
    { slots: fork, leaving: fork, certificates: fork, lock: fork, reports: fork },
  ),
  ...rounds(CHECKPOINTS, { marks: PROMISES.reopened }, 'checkpoints'),
  otherwise({ ...CHECKPOINTS, closesAlone: true }, 'only stable checkpoints close', PROMISES.closed),
  otherwise({ ...CHECKPOINTS, forgetsClosed: true }, 'the O-set begins above the checkpoint', fork),
  ...each(
    { protocol: 'pbft', name: 'far sequence numbers', world: () => instanceJumpWorld(PBFT_TABLE) },
    { jump: OVER_WINDOW },
  ),
];

const { commit: COMMIT, ...DBFT_KINDS } = DBFT_TABLE.kinds;
const { final: _once, ...MANY } = COMMIT ?? { step: 0, grounds: 'none' as const };
const DBFT_MANY = { ...DBFT_TABLE, kinds: { ...DBFT_KINDS, commit: MANY } };

const DBFT_CASES: readonly PromiseCase[] = [
  ...rounds(
    { ...SIZE, table: DBFT_TABLE },
    {
      slots: PROMISES.split,
      marks: PROMISES.split,
      leaving: PROMISES.split,
      certificates: PROMISES.split,
      lock: PROMISES.split,
      reports: PROMISES.split,
    },
  ),
  otherwise({ ...SIZE, table: DBFT_MANY }, 'one COMMIT for a height', PROMISES.twice),
  {
    ...otherwise({ ...SIZE, table: DBFT_MANY, forksAlone: true }, 'one COMMIT, or the choice', fork),
    rules: { ...ALL_RULES, lock: false },
  },
  ...each(
    { protocol: 'dbft', name: 'far heights', world: () => instanceJumpWorld(DBFT_TABLE) },
    { jump: MUTE },
  ),
];

const PHASED_CASES: readonly PromiseCase[] = [
  ...rounds(
    { ...SIZE, table: PHASED_TABLE },
    { slots: fork, marks: fork, leaving: fork, certificates: fork, lock: fork, reports: fork },
  ),
  ...each(
    { protocol: 'phased', name: 'far heights', world: () => instanceJumpWorld(PHASED_TABLE) },
    { jump: MUTE },
  ),
];

/** Searches for promises that the search over many blocks (cases.ts) does not show. */
export const PROMISE_CASES: readonly PromiseCase[] = [
  ...HOTSTUFF_CASES,
  ...BINDING_CASES,
  ...PBFT_CASES,
  ...DBFT_CASES,
  ...PHASED_CASES,
];
