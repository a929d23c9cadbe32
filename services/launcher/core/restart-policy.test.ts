import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CRASH_WINDOW_MS, CRASHES_MAX, RESTART_PAUSE_MS_MAX, RESTART_PAUSE_MS_MIN } from '../words/limits.ts';
import { afterCrash, afterDiskFault, type CrashTimes } from './restart-policy.ts';

/** Pauses after crashes at these times. */
function pausesAfter(times: readonly number[]): (number | undefined)[] {
  let crashes: CrashTimes = [];
  return times.map((time) => {
    const verdict = afterCrash(crashes, time);
    crashes = verdict.crashes;
    return verdict.pauseMs;
  });
}

describe('afterCrash', () => {
  test('doubles the pause with each crash, up to the longest', () => {
    const pauses = pausesAfter([0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(
      pauses.slice(0, 3),
      [1, 2, 4].map((times) => times * RESTART_PAUSE_MS_MIN),
    );
    assert.equal(pauses.at(-1), RESTART_PAUSE_MS_MAX);
  });

  test('gives up after too many crashes in the window', () => {
    const pauses = pausesAfter(Array.from({ length: CRASHES_MAX + 1 }, (_, index) => index));
    assert.ok(pauses.slice(0, CRASHES_MAX).every((pause) => pause !== undefined));
    assert.equal(pauses.at(-1), undefined);
  });

  test('forgets crashes that are long past', () => {
    assert.deepEqual(pausesAfter([0, CRASH_WINDOW_MS]), [RESTART_PAUSE_MS_MIN, RESTART_PAUSE_MS_MIN]);
    assert.deepEqual(pausesAfter([0, CRASH_WINDOW_MS - 1]), [RESTART_PAUSE_MS_MIN, 2 * RESTART_PAUSE_MS_MIN]);
  });
});

describe('afterDiskFault', () => {
  test('F-05: tries for ever, with pauses that grow to the longest', () => {
    let faults: CrashTimes = [];
    const pauses = Array.from({ length: 10 * CRASHES_MAX }, (_, at) => {
      const verdict = afterDiskFault(faults, at * RESTART_PAUSE_MS_MAX);
      faults = verdict.faults;
      return verdict.pauseMs;
    });
    assert.equal(pauses[0], RESTART_PAUSE_MS_MIN);
    assert.ok(pauses.slice(CRASHES_MAX).every((pause) => pause === RESTART_PAUSE_MS_MAX));
    assert.ok(faults.length <= CRASH_WINDOW_MS / RESTART_PAUSE_MS_MAX, 'what is remembered is bounded');
  });
});
