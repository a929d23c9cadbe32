import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effortOfRow, QUICK, WHOLE } from './effort.ts';

const SHARED = ['seeds', 'livenessSeeds', 'weightSeeds', 'wholeSeeds', 'twinsSample', 'pureSeeds'] as const;

test('rows of one protocol share its seeds, and none is lost', () => {
  for (const effort of [QUICK, WHOLE]) {
    for (const rows of [1, 2, 3]) {
      const share = effortOfRow(effort, rows);
      for (const name of SHARED) {
        const [each, all] = [share[name], effort[name]];
        assert.ok(each * rows >= all && (each - 1) * rows < all, `${each} of ${all} ${name}`);
      }
      const others = Object.fromEntries(SHARED.map((name) => [name, share[name]]));
      assert.deepEqual({ ...effort, ...others }, share);
    }
  }
});
