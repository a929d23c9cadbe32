import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dbftSubject } from '#libs/simulation/dbft/subject.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';

/** With all faults and liars. The conformance kit has more of them. */
const SEEDS = 10;

describe('dBFT in simulated runs of replicas', () => {
  for (const members of [4, 7]) {
    test(`N3-3.T6 keeps every invariant in ${SEEDS} seeds of ${members} members, f of whom lie, and goes on after the faults`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violations, height } = simulate(dbftSubject, { seed, members });
        assert.deepEqual([seed, violations], [seed, []]);
        assert.ok(height >= 5);
      }
    });
  }

  test('does without f members for good, in the liveness mode', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations } = simulate(dbftSubject, { seed, members: 4, mode: 'liveness' });
      assert.deepEqual([seed, violations], [seed, []]);
    }
  });

  test('decides alone, and with two or three members, of whom none fails', () => {
    for (const members of [1, 2, 3]) {
      const { violations, height } = simulate(dbftSubject, { seed: 1, members, actors: [], faults: [] });
      assert.deepEqual(violations, []);
      assert.ok(height >= 5);
    }
  });
});
