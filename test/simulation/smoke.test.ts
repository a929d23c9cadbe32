import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';

const SEEDS = 100;

for (const [name, protocol] of PROTOCOLS) {
  for (const members of [4, 5, 7]) {
    test(`${name} keeps every invariant in ${SEEDS} simulated runs, some of whole nodes, of ${members} members`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violations } = protocol.run({ seed, members });
        const replay = `npm run sim -- --protocol ${name} --members ${members} --replay ${seed}`;
        assert.deepEqual(violations, [], replay);
      }
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
