import { toMemberIndex } from '#libs/chain/ids.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import { FAITHFUL, type Plan } from '../../plan/plan.ts';
import { simulate } from '../../run/simulate.ts';
import type { Course } from '../words/course.ts';
import { judgesIn } from '../words/judged-by.ts';
import { batchOfSeed, doing, WHOLE_SEED } from './whole-seed.ts';

const MEMBERS = 7;

/** One founder is away for nearly all of the time, and comes back to a chain that went on without it. */
const AWAY = { instance: 1, atMs: 50, untilMs: 6_000 };

/** One of those who are asked lies about what is missing. */
const LIAR = toMemberIndex(2);

interface Way {
  readonly what: string;
  /** Missing blocks from which on a snapshot is taken; 0: never. */
  readonly snapshotBlocks: number;
  readonly lie?: string;
}

const WAYS: readonly Way[] = [
  { what: 'over ranges of blocks', snapshotBlocks: 0 },
  { what: 'over a snapshot', snapshotBlocks: 4 },
  { what: 'over ranges, and a member lies', snapshotBlocks: 0, lie: 'range-liar' },
  { what: 'over a snapshot, and a member lies', snapshotBlocks: 4, lie: 'snapshot-poisoner' },
];

/** C14: who was away has the whole chain afterwards, whichever way, and takes part again. */
export const CATCH_UP: Course = {
  name: 'catch-up',
  judges: judgesIn('C14'),
  open: ({ subject }, { wholeSeeds }) => ({
    parts: waysOf(subject).length * wholeSeeds,
    run: (part) => {
      const ways = waysOf(subject);
      const { what, snapshotBlocks, lie } = ways[part % ways.length] ?? { what: '', snapshotBlocks: 0 };
      const seed = WHOLE_SEED + part;
      const clerks = lie === undefined ? [] : [{ member: LIAR, lie }];
      const byzantine = lie === undefined ? [] : [{ member: LIAR, actor: FAITHFUL }];
      const adjust = (plan: Plan): Plan => doing(plan, { absences: [AWAY], snapshotBlocks, clerks });
      const options = { ...{ seed, members: MEMBERS, isWhole: true, actors: [] }, byzantine, adjust };
      return batchOfSeed('C14', simulate(subject, options).violations, `${what}, seed ${seed}`);
    },
  }),
};

/** Without snapshots where roots come one block later: nobody can take one yet. */
function waysOf({ root }: HostedSubject): readonly Way[] {
  return root === 'next-block' ? WAYS.filter(({ snapshotBlocks }) => snapshotBlocks === 0) : WAYS;
}
