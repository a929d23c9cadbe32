import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitFactors, modelledMs } from './fit-factors.ts';

const SMALL = { members: 4, baseMs: 340, messagesMs: 4, bytesMs: 9 };
const LARGE = { members: 7, baseMs: 690, messagesMs: 8, bytesMs: 27 };

test('the factors that made the figures are found again', () => {
  const tenth = fc.integer({ min: 10, max: 300 }).map((value) => value / 10);
  fc.assert(
    fc.property(tenth, tenth, (messageFactor, byteFactor) => {
      const made = { messageFactor, byteFactor };
      const points = [SMALL, LARGE].map((point) => ({ ...point, realMs: modelledMs(point, made) }));
      const found = fitFactors(points);
      for (const point of points) {
        assert.ok(Math.abs(modelledMs(point, found) / point.realMs - 1) < 1e-3, JSON.stringify(found));
      }
      assert.deepEqual(found, made);
    }),
    { numRuns: 10 },
  );
});

test('no node takes less than its parts', () => {
  const points = [SMALL, LARGE].map((point) => ({ ...point, realMs: point.baseMs / 2 }));
  assert.deepEqual(fitFactors(points), { messageFactor: 1, byteFactor: 1 });
});
