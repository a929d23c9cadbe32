import assert from 'node:assert/strict';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';

/** A seed that once broke an invariant, by a fault of ours that was fixed since. */
interface Found {
  readonly seed: number;
  readonly members: number;
  readonly isWhole?: boolean;
  readonly actors?: readonly string[];
  /** Id of the finding with a colon and a blank. */
  readonly finding?: string;
}

/** The seeds that every `npm test` runs: those that a finding names, and two of the others. */
export const FOUND: readonly Found[] = [
  { seed: 4_101_429, members: 4 },
  { seed: 4_000_659, members: 5, isWhole: false, finding: 'F-70: ' },
  { seed: 4_000_081, members: 7, isWhole: true, finding: 'F-71: ' },
  { seed: 8_050_363, members: 7, isWhole: true, finding: 'F-72: ' },
  // A power cut took the block of a snapshot, and left the chain that names it.
  { seed: 30_060_459, members: 4, actors: ['equivocator'] },
];

/** The others. */
export const FOUND_LONG: readonly Found[] = [
  ...[4_100_516, 4_101_892, 6_005_077, 6_005_514].map((seed) => ({ seed, members: 4 })),
  { seed: 6_400_125, members: 10 },
];

export function nameOf({ finding = '', seed, members }: Found): string {
  return `${finding}seed ${seed} of ${members}`;
}

export function assertFindsNothing({ finding: _, ...options }: Found): void {
  const { violations } = PROTOCOLS.get('hotstuff')?.run(options) ?? assert.fail('hotstuff is simulated');
  assert.deepEqual(violations, []);
}
