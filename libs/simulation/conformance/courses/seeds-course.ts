import type { RunOptions } from '../../run/simulate.ts';
import type { Course, CourseBatch } from '../words/course.ts';
import { judged, judgedIn, judgesIn } from '../words/judged-by.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';

/** Sizes of federations: f of 1, 2 and 3, and sizes at which one vote is to spare. */
const EACH_SIZE = [4, 5, 6, 7, 10] as const;
const EACH_SIZE_FIRST = 4;
const SIZES_CYCLE = 256;

/**
 * Each size comes up early, so that few seeds have all of them. Most federations are of four: ten members cost ten times as much, and
 * of 10,000 seeds some 150 are of each size all the same.
 */
const SIZES = [
  ...Array.from({ length: EACH_SIZE_FIRST }, () => EACH_SIZE).flat(),
  ...Array.from({ length: SIZES_CYCLE - EACH_SIZE_FIRST * EACH_SIZE.length }, () => EACH_SIZE[0]),
];

/** Seeds of the kit begin here, apart from those of campaigns and tests. */
const FIRST_SEED = 500_000;

/**
 * C4, C5, C11, C16: all faults and all lies, replicas alone and whole nodes, as each seed decides. Each seed is run once; the case of
 * each violation is that of the broken invariant.
 */
export const SEEDS: Course = {
  name: 'seeds',
  judges: ['C4', 'C5', 'C11', 'C16'],
  isDrawn: true,
  open: (candidate, { seeds }) => ({
    parts: seeds,
    run: (part) => {
      const [seed, members] = [FIRST_SEED + part, SIZES[part % SIZES.length] ?? EACH_SIZE[0]];
      const { violations } = candidate.simulated.run({ seed, members });
      return { runs: 1, failures: judged(violations, seedPlace(candidate, { seed, members })) };
    },
  }),
};

/** C8: f members are gone for good or lie, and all the others must go on without them. */
export const LIVENESS: Course = {
  name: 'liveness',
  judges: judgesIn('C8'),
  isDrawn: true,
  open: (candidate, { livenessSeeds }) => ({
    parts: livenessSeeds,
    run: (part): CourseBatch => {
      const [seed, members] = [FIRST_SEED + part, SIZES[part % SIZES.length] ?? EACH_SIZE[0]];
      const { violations } = candidate.simulated.run({ seed, members, mode: 'liveness' });
      const where = seedPlace(candidate, { seed, members, mode: 'liveness' });
      return { runs: 1, failures: judgedIn('C8', violations, where) };
    },
  }),
};

/** The name of a seed, and the command that shows its smallest schedule; none in a world that no command makes. */
export function seedPlace(
  { table, subject }: JudgedProtocol,
  { seed, members, mode }: Pick<RunOptions, 'seed' | 'members' | 'mode'>,
): { readonly name: string; readonly replay?: string } {
  const more = mode === undefined ? '' : ` --mode ${mode}`;
  const replay = `npm run sim -- --protocol ${table.protocol} --members ${members}${more} --from ${seed} --seeds 1 --json`;
  const name = `seed ${seed} of ${members} members`;
  return subject.root === undefined ? { name, replay } : { name };
}
