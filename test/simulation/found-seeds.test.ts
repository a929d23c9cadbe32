import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';

/** Seeds that once broke an invariant, each by a fault of ours that was fixed since. */
const FOUND = [
  { members: 5, seeds: [4_000_659], isWhole: false },
  { members: 4, seeds: [4_100_516, 4_101_429, 4_101_892, 6_005_077, 6_005_514] },
  { members: 10, seeds: [6_400_125] },
] as const;

describe('E2E-05 seeds that found a fault find none any more', () => {
  const hotStuff = PROTOCOLS.get('hotstuff') ?? assert.fail('hotstuff is simulated');
  for (const { members, seeds, ...kind } of FOUND) {
    for (const seed of seeds) {
      test(`seed ${seed} of ${members}`, () => {
        assert.deepEqual(hotStuff.run({ seed, members, ...kind }).violations, []);
      });
    }
  }
});
