import { assert } from '#libs/assert/assert.ts';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { SimulatedProtocol } from '../../campaign/simulated-protocol.ts';
import type { RunOptions } from '../../run/simulate.ts';
import { scenarioPlan } from '../../twins/scenario.ts';
import { type Course, type CourseBatch, staticCourse } from '../words/course.ts';
import { judgedAs } from '../words/judged-by.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { drawnOrder } from './drawn-order.ts';
import { LOCK_MEMBERS, type LockSchedule, lockSchedules } from './lock-schedules.ts';
import { stepFaults } from './steps-seen.ts';

const SEED = 900_000;

/** C9: the block that may be decided in the first view stays the only choice, whoever knows of it, and whoever is away or lies after it. */
export const LOCKS: Course = {
  name: 'locks',
  judges: ['C9'],
  isShared: true,
  open: (candidate, { locksEvery }) => {
    const schedules = lockSchedules(candidate.simulated.shape.steps);
    const order = drawnOrder(schedules.length, locksEvery);
    return {
      parts: Math.max(1, order.length),
      run: (part) => lockOf(candidate, schedules, order[part] ?? 0),
    };
  },
};

/** C9: the steps that are split are those that messages have. No row can show it for another one. */
export const LOCK_STEPS = staticCourse('lock-steps', 'C9', (candidate) => {
  const [schedule] = lockSchedules(candidate.simulated.shape.steps);
  return schedule === undefined
    ? ['a view has no steps that could be split']
    : stepFaults(candidate, optionsOf(candidate.simulated, schedule, SEED));
});

function lockOf({ simulated }: JudgedProtocol, schedules: readonly LockSchedule[], at: number): CourseBatch {
  const schedule = schedules[at];
  assert(schedule !== undefined, 'a part has a schedule');
  const { violations } = simulated.run(optionsOf(simulated, schedule, SEED + at));
  return { runs: 1, failures: judgedAs('C9', violations, { name: schedule.name }) };
}

function optionsOf({ votes }: SimulatedProtocol, { scenario, lie }: LockSchedule, seed: number): RunOptions {
  return {
    ...{ seed, members: LOCK_MEMBERS, actors: [], isWhole: false },
    adjust: (plan) => {
      const byzantine = lie === undefined ? [] : [{ member: toMemberIndex(lie.member), actor: lie.actor }];
      return { ...scenarioPlan(plan, scenario, votes), byzantine };
    },
  };
}
