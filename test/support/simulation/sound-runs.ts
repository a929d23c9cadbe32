import assert from 'node:assert/strict';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import { firstSeeds } from './seeds.ts';

/**
 * Runs of a protocol, some of them of whole nodes, with all faults that their seeds draw: each keeps every invariant.
 */
export function assertSound(protocol: string, members: number, seeds: number): void {
  for (const seed of firstSeeds(seeds)) {
    const { violations } = PROTOCOLS.get(protocol)?.run({ seed, members }) ?? assert.fail('it is simulated');
    const replay = `npm run sim -- --protocol ${protocol} --members ${members} --replay ${seed}`;
    assert.deepEqual(violations, [], replay);
  }
}
