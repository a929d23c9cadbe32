import { toMemberIndex } from '#libs/chain/ids.ts';
import type { Plan } from '../../plan/plan.ts';
import { simulate } from '../../run/simulate.ts';
import type { Course } from '../words/course.ts';
import { judgesIn } from '../words/judged-by.ts';
import { batchOfSeed, CHANGE_MS, doing, FOUNDERS, WHOLE_SEED } from './whole-seed.ts';

interface Step {
  /** Numbers of nodes. Founders are 0 to 3. */
  readonly leave: readonly number[];
  readonly join: readonly number[];
}

const replaced = (leave: number): Step => ({ leave: [leave], join: [leave + FOUNDERS] });

/** The changes of members that every protocol must bear. */
const CHANGES: readonly (readonly [what: string, steps: readonly Step[]])[] = [
  ['one joins', [{ leave: [], join: [4] }]],
  [
    'one joins and leaves again',
    [
      { leave: [], join: [4] },
      { leave: [4], join: [] },
    ],
  ],
  ['one is replaced', [replaced(1)]],
  ['all are replaced at once', [{ leave: [0, 1, 2, 3], join: [4, 5, 6, 7] }]],
  ['six changes in a row', [0, 1, 2, 3, 4, 5].map(replaced)],
];

/**
 * C12: members join, leave and are replaced, with the faults of a seed and without liars. Every change must come into force, and
 * the oracle of epochs counts the votes for it anew.
 */
export const MEMBERS_CHANGE: Course = {
  name: 'members',
  judges: judgesIn('C12'),
  isDrawn: true,
  isShared: true,
  open: ({ subject }, { wholeSeeds }) => ({
    parts: CHANGES.length * wholeSeeds,
    run: (part) => {
      const [what, steps] = CHANGES[part % CHANGES.length] ?? ['', []];
      const seed = WHOLE_SEED + part;
      const changes = steps.map(({ leave, join }, at) => ({
        ...{ atMs: at * CHANGE_MS, leave: leave.map(toMemberIndex), join: join.map(toMemberIndex) },
      }));
      const newcomers = steps.reduce((sum, { join }) => sum + join.length, 0);
      const adjust = (plan: Plan): Plan => doing(plan, { newcomers, changes });
      const { violations } = simulate(subject, {
        seed,
        members: FOUNDERS,
        isWhole: true,
        actors: [],
        adjust,
      });
      return batchOfSeed('C12', violations, `${what}, seed ${seed}`);
    },
  }),
};
