import { toMemberIndex } from '#libs/chain/ids.ts';
import { prng, type Seed } from '#libs/random/prng.ts';
import { BREAKDOWNS, isTwin, type Plan } from '../../plan/plan.ts';
import type { Course, CourseBatch } from '../words/course.ts';
import { judgedAs } from '../words/judged-by.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { drawWeights } from './weighted-members.ts';

const SIZES = [5, 7, 10] as const;
const FIRST_SEED = 550_000;

/** Where most leaders may be faulty, few blocks are made: the transactions of clients must fit into them. */
const CALM_MS = 500;

/**
 * C10: members of drawn weights, with the faults of a seed. Those who lie or are broken for good weigh f together, however many they
 * are: the others fork nothing, and go on.
 */
export const WEIGHTS_COUNT: Course = {
  name: 'weights',
  judges: ['C10'],
  isDrawn: true,
  open: (candidate, { weightSeeds }) => ({
    parts: weightSeeds,
    run: (part) => ofSeed(candidate, FIRST_SEED + part, SIZES[part % SIZES.length] ?? SIZES[0]),
  }),
};

function ofSeed({ simulated }: JudgedProtocol, seed: Seed, members: number): CourseBatch {
  const random = prng(seed).stream('weights');
  const { weights, faulty } = drawWeights(random, members);
  // The second instance of a twin counts as a member in no plan of weights: C6 has twins.
  const lies = simulated.actors.filter((name) => !isTwin(name));
  const isLying = new Map(faulty.map((member) => [member, random.chance(0.6)]));
  const byzantine = faulty
    .filter((member) => isLying.get(member))
    .map((member) => ({ member: toMemberIndex(member), actor: random.pick(lies) }));
  const broken = faulty
    .filter((member) => !isLying.get(member))
    .map((member) => ({ member: toMemberIndex(member), how: random.pick(BREAKDOWNS), fromMs: 0 }));
  const adjust = (plan: Plan): Plan => ({ ...plan, weights, broken, transactionMs: CALM_MS });
  const { violations } = simulated.run({ seed, members, isWhole: false, byzantine, adjust });
  const name = `seed ${seed} of members who weigh ${weights.join(' ')}, ${faulty.join(' ')} faulty`;
  return { runs: 1, failures: judgedAs('C10', violations, { name }) };
}
