import { toMemberIndex } from '#libs/chain/ids.ts';
import { scenarioPlan } from '../../twins/scenario.ts';
import type { Course } from '../words/course.ts';
import { judgedAs } from '../words/judged-by.ts';
import { LOCK_MEMBERS, lockSchedules } from './lock-schedules.ts';

const SEED = 900_000;

/** C9: what may be decided in the first view stays the only choice, whoever knows of it, and whoever is away or lies after it. */
export const LOCKS: Course = {
  name: 'locks',
  judges: ['C9'],
  open: ({ simulated }, { locksEvery }) => {
    const schedules = lockSchedules(simulated.shape.steps);
    return {
      parts: Math.max(1, Math.ceil(schedules.length / locksEvery)),
      run: (part) => {
        const schedule = schedules[part * locksEvery];
        if (schedule === undefined) {
          const text = 'a view has no steps that could be split';
          return { runs: 0, failures: [{ case: 'C9', kind: 'other', name: 'steps', text }] };
        }
        const { name, scenario, lie } = schedule;
        const { violations } = simulated.run({
          ...{ seed: SEED + part * locksEvery, members: LOCK_MEMBERS, actors: [], isWhole: false },
          adjust: (plan) => {
            const byzantine =
              lie === undefined ? [] : [{ member: toMemberIndex(lie.member), actor: lie.actor }];
            return { ...scenarioPlan(plan, scenario, simulated.votes), byzantine };
          },
        });
        return { runs: 1, failures: judgedAs('C9', violations, { name }) };
      },
    };
  },
};
