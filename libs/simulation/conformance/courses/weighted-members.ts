import { quorumOf } from '#libs/protocol/quorum.ts';
import type { Prng } from '#libs/random/prng.ts';

/** Weights of the members of a federation, and who of them may lie or be broken: together just what may be faulty, or less. */
export interface WeightedMembers {
  readonly weights: readonly number[];
  readonly faulty: readonly number[];
}

const WEIGHTS = [1, 1, 1, 2, 3, 5, 8];

/** Draws until it tires; after that all weigh 1. */
const DRAWS_MAX = 100;

/**
 * Weights by chance of which none is above f, as a genesis wants them; and a set of members whose weight comes as near to f
 * as a shuffle lets it: often more heads than n - 1 over 3, or fewer.
 */
export function drawWeights(random: Prng, members: number): WeightedMembers {
  const weights = drawnWeights(random, members);
  const faultyMax = faultyWeightMax(weights);
  const faulty: number[] = [];
  let weight = 0;
  for (const member of random.shuffle(Array.from({ length: members }, (_, at) => at))) {
    const own = weights[member] ?? 0;
    if (weight + own > faultyMax) continue;
    weight += own;
    faulty.push(member);
  }
  return { weights, faulty };
}

function drawnWeights(random: Prng, members: number): readonly number[] {
  for (let left = DRAWS_MAX; left > 0; left--) {
    const weights = Array.from({ length: members }, () => random.pick(WEIGHTS));
    const isPlain = new Set(weights).size === 1;
    if (!isPlain && Math.max(...weights) <= faultyWeightMax(weights)) return weights;
  }
  return Array.from({ length: members }, () => 1);
}

export function faultyWeightMax(weights: readonly number[]): number {
  return Number(quorumOf(BigInt(weights.reduce((sum, each) => sum + each, 0))).faultyWeightMax);
}
