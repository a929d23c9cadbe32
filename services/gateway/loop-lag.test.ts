import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BUSY_LAG_MS, LAG_TICK_MS } from './core/connection-limits.ts';
import { LoopLag } from './loop-lag.ts';

/** Each beat comes `lateMs` late on a clock of its own. */
async function lagOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let nowMs = 0;
  const lag = new LoopLag(() => nowMs);
  await lag.start();
  t.after(() => lag.stop());
  const beat = (lateMs: number): boolean => {
    nowMs += LAG_TICK_MS + lateMs;
    t.mock.timers.tick(LAG_TICK_MS);
    return lag.isBusy;
  };
  return { lag, beat };
}

test('P2P-78 a gateway is busy from the first beat that comes too late until beats have been in time for a while', async (t) => {
  const { beat } = await lagOf(t);
  assert.deepEqual([beat(0), beat(BUSY_LAG_MS), beat(BUSY_LAG_MS + 1)], [false, false, true]);
  assert.equal(beat(0), false);
  assert.ok(beat(1_000));
  let beats = 1;
  while (beat(0)) beats += 1;
  assert.ok(beats > 5 && beats < 50, `${beats} beats`);
});

test('a gateway that stopped is not asked by anybody, and beats no more', async (t) => {
  const { lag, beat } = await lagOf(t);
  await lag.stop();
  assert.equal(beat(10_000), false);
});
