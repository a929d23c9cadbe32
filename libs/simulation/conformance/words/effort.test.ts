import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effortOfRow, QUICK, WHOLE } from './effort.ts';

const SHARED = ['seeds', 'livenessSeeds', 'weightSeeds', 'wholeSeeds', 'twinsSample', 'pureSeeds'] as const;

test('rows of one protocol share its seeds, and none is lost', () => {
  for (const effort of [QUICK, WHOLE]) {
    for (const rows of [1, 2, 3]) {
      const share = effortOfRow(effort, { rows, protocols: 1 });
      for (const name of SHARED) {
        const [each, all] = [share[name], effort[name]];
        assert.ok(each * rows >= all && (each - 1) * rows < all, `${each} of ${all} ${name}`);
      }
      const others = Object.fromEntries(SHARED.map((name) => [name, share[name]]));
      assert.deepEqual({ ...effort, ...others }, share);
    }
  }
});

test('protocols that are run together share what is drawn in a quick run, and nothing in a whole one', () => {
  const quick = effortOfRow(QUICK, { rows: 1, protocols: 4 });
  assert.deepEqual([quick.seeds, quick.crashEvery], [QUICK.seeds / 4, QUICK.crashEvery * 4]);
  assert.ok(SHARED.every((name) => quick[name] >= 1));
  assert.deepEqual(effortOfRow(WHOLE, { rows: 1, protocols: 4 }), WHOLE);
});
