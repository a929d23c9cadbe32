import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';

interface Found {
  readonly seed: number;
  readonly members: number;
  readonly isWhole?: boolean;
  readonly actors?: readonly string[];
  /** Id of the finding with a colon and a blank. */
  readonly finding?: string;
}

/** Seeds that once broke an invariant, each by a fault of ours that was fixed since. */
const FOUND: readonly Found[] = [
  ...[4_100_516, 4_101_429, 4_101_892, 6_005_077, 6_005_514].map((seed) => ({ seed, members: 4 })),
  { seed: 6_400_125, members: 10 },
  { seed: 4_000_659, members: 5, isWhole: false, finding: 'F-70: ' },
  { seed: 4_000_081, members: 7, isWhole: true, finding: 'F-71: ' },
  { seed: 8_050_363, members: 7, isWhole: true, finding: 'F-72: ' },
  // A power cut took the block of a snapshot, and left the chain that names it.
  { seed: 30_060_459, members: 4, actors: ['equivocator'] },
];

describe('E2E-05 seeds that found a fault find none any more', () => {
  const hotStuff = PROTOCOLS.get('hotstuff') ?? assert.fail('hotstuff is simulated');
  for (const { finding = '', ...options } of FOUND) {
    test(`${finding}seed ${options.seed} of ${options.members}`, () => {
      assert.deepEqual(hotStuff.run(options).violations, []);
    });
  }
});
