import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effortOfRow, QUICK, WHOLE } from './effort.ts';

test('rows of one protocol share its seeds in the whole kit, none is lost, and quick rows have all', () => {
  for (const rows of [1, 2, 3]) {
    const { seeds, livenessSeeds, weightSeeds, ...others } = effortOfRow(WHOLE, rows);
    for (const [each, all] of [
      [seeds, WHOLE.seeds],
      [livenessSeeds, WHOLE.livenessSeeds],
      [weightSeeds, WHOLE.weightSeeds],
    ] as const) {
      assert.ok(each * rows >= all && (each - 1) * rows < all, `${each} of ${all}`);
    }
    assert.deepEqual(effortOfRow(WHOLE, rows), { ...WHOLE, seeds, livenessSeeds, weightSeeds, ...others });
    assert.deepEqual(effortOfRow(QUICK, rows), QUICK);
  }
});
