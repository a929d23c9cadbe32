import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effortOfRow, QUICK, WHOLE } from './effort.ts';

test('rows of one protocol share its seeds, and none is lost', () => {
  for (const effort of [QUICK, WHOLE]) {
    for (const rows of [1, 2, 3]) {
      const { seeds, livenessSeeds, weightSeeds, ...others } = effortOfRow(effort, rows);
      for (const [each, all] of [
        [seeds, effort.seeds],
        [livenessSeeds, effort.livenessSeeds],
        [weightSeeds, effort.weightSeeds],
      ] as const) {
        assert.ok(each * rows >= all && (each - 1) * rows < all, `${each} of ${all}`);
      }
      assert.deepEqual(
        { ...effort, seeds, livenessSeeds, weightSeeds, ...others },
        effortOfRow(effort, rows),
      );
    }
  }
});
