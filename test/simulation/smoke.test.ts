import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import { assertSound } from '#test/support/simulation/sound-runs.ts';

/** More of them: test/long/simulation.ts, and `npm run campaign` for a release. */
const SEEDS = 30;

for (const [name, protocol] of PROTOCOLS) {
  for (const members of [4, 5, 7]) {
    test(`${name} keeps every invariant in ${SEEDS} simulated runs, some of whole nodes, of ${members} members`, () => {
      assertSound(name, members, SEEDS);
    });
  }

  test(`${name} does the same twice for a seed, and other things for another`, () => {
    const hashes = [1, 2, 3, 4, 5].map((seed) => protocol.run({ seed, members: 4 }).traceHash);
    const again = [1, 2, 3, 4, 5].map(
      (seed) => protocol.run({ seed, members: 4, keepsTrace: true }).traceHash,
    );
    assert.deepEqual(again, hashes);
    assert.equal(new Set(hashes).size, hashes.length);
  });
}
