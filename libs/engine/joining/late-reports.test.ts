import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { LATE_REPORTS_PER_SECOND_MAX } from './joining-limits.ts';
import { LateReports } from './late-reports.ts';

test('F-15: a member is heard so often a second about views that are over, and always about others', () => {
  let nowMs = 0;
  const late = new LateReports({ nowMs: () => nowMs, after: () => () => {} });
  const [flooder, other] = [toMemberIndex(1), toMemberIndex(2)];
  const own = { instance: 0n, view: toView(5n) };
  const hears = (from = flooder, view = 4n): boolean =>
    late.hears(from, { instance: 0n, view: toView(view) }, own);
  for (let count = 0; count < LATE_REPORTS_PER_SECOND_MAX; count++) assert.ok(hears());
  assert.ok(!hears());
  assert.ok(hears(flooder, 5n) && hears(flooder, 6n));
  assert.ok(hears(other));
  nowMs = 1_000;
  assert.ok(hears());
});

test('F-15: a late view of an older height is over, and the first view of a later height is not', () => {
  const late = new LateReports({ nowMs: () => 0, after: () => () => {} });
  const own = { instance: 6n, view: toView(2n) };
  const hears = (instance: bigint, view: bigint): boolean =>
    late.hears(toMemberIndex(1), { instance, view: toView(view) }, own);
  for (let count = 0; count < LATE_REPORTS_PER_SECOND_MAX; count++) assert.ok(hears(5n, 9n));
  assert.deepEqual([hears(5n, 9n), hears(6n, 1n), hears(6n, 2n), hears(7n, 0n)], [false, false, true, true]);
});
