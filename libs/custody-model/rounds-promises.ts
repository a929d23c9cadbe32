import { ALL_RULES } from '#libs/custody/judge.ts';
import { DBFT_TABLE, PBFT_TABLE, PHASED_TABLE } from '#libs/custody/tables/rounds.ts';
import { instanceJumpWorld, MUTE, OVER_WINDOW } from './jump-world.ts';
import { type Breaks, eachRule, type PromiseCase } from './promise-case.ts';
import { PROMISES } from './rounds-broken.ts';
import type { RoundsPlan } from './rounds-plan.ts';
import { roundsWorld } from './rounds-world.ts';

const { fork } = PROMISES;

const SIZE = { views: 2, instances: 1, checkpoints: false } as const;

function rounds(plan: RoundsPlan, breaks: Breaks, name = 'two views of one instance'): PromiseCase[] {
  const long = plan.checkpoints ? { isLong: true as const } : {};
  return eachRule({ protocol: plan.table.protocol, name, world: () => roundsWorld(plan), ...long }, breaks);
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

export const PBFT_CASES: readonly PromiseCase[] = [
  ...rounds(
    { ...SIZE, table: PBFT_TABLE },
    { slots: fork, leaving: fork, certificates: fork, lock: fork, reports: fork },
  ),
  ...rounds(CHECKPOINTS, { marks: PROMISES.reopened }, 'checkpoints'),
  otherwise({ ...CHECKPOINTS, closesAlone: true }, 'only stable checkpoints close', PROMISES.closed),
  otherwise({ ...CHECKPOINTS, forgetsClosed: true }, 'the O-set begins above the checkpoint', fork),
  ...eachRule(
    { protocol: 'pbft', name: 'far sequence numbers', world: () => instanceJumpWorld(PBFT_TABLE) },
    { jump: OVER_WINDOW },
  ),
];

const { commit: COMMIT, ...DBFT_KINDS } = DBFT_TABLE.kinds;
const { final: _once, ...MANY } = COMMIT ?? { step: 0, grounds: 'none' as const };
const DBFT_MANY = { ...DBFT_TABLE, kinds: { ...DBFT_KINDS, commit: MANY } };

export const DBFT_CASES: readonly PromiseCase[] = [
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
  ...eachRule(
    { protocol: 'dbft', name: 'far heights', world: () => instanceJumpWorld(DBFT_TABLE) },
    { jump: MUTE },
  ),
];

export const PHASED_CASES: readonly PromiseCase[] = [
  ...rounds(
    { ...SIZE, table: PHASED_TABLE },
    { slots: fork, marks: fork, leaving: fork, certificates: fork, lock: fork, reports: fork },
  ),
  ...eachRule(
    { protocol: 'phased', name: 'far heights', world: () => instanceJumpWorld(PHASED_TABLE) },
    { jump: MUTE },
  ),
];
