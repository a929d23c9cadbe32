import { assert } from '#libs/assert/assert.ts';

/** Weight that decides, and weight that may lie, of a registered total. */
export interface Quorum {
  /** Any two sets of this weight share an honest member, and the honest alone reach it. */
  readonly commitWeight: bigint;
  /** Any set of this weight holds an honest member: f + 1. */
  readonly oneHonestWeight: bigint;
  /** The most that may be faulty: f. */
  readonly faultyWeightMax: bigint;
}

/**
 * The one quorum rule of the federation: `floor(2W/3) + 1` of the registered weight W, which is n - f for
 * equal weights. Never 2f + 1: at n = 6 that would be two disjoint quorums (HS-10, test/requirements/contradictions.md
 * 7.1).
 */
export function quorumOf(totalWeight: bigint): Quorum {
  assert(totalWeight > 0n, `total weight must be positive: ${totalWeight}`);
  const commitWeight = (2n * totalWeight) / 3n + 1n;
  return {
    commitWeight,
    oneHonestWeight: totalWeight - commitWeight + 1n,
    faultyWeightMax: totalWeight - commitWeight,
  };
}
