import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { LATE_REPORTS_PER_SECOND_MAX } from './joining-limits.ts';
import { LateReports } from './late-reports.ts';

test('F-15: a member is heard so often a second about views that are over, and always about others', () => {
  let nowMs = 0;
  const late = new LateReports({ nowMs: () => nowMs, after: () => () => {} });
  const [flooder, other] = [toMemberIndex(1), toMemberIndex(2)];
  const hears = (from = flooder, view = 4n): boolean => late.hears(from, toView(view), toView(5n));
  for (let count = 0; count < LATE_REPORTS_PER_SECOND_MAX; count++) assert.ok(hears());
  assert.ok(!hears());
  assert.ok(hears(flooder, 5n) && hears(flooder, 6n));
  assert.ok(hears(other));
  nowMs = 1_000;
  assert.ok(hears());
});
