import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutboxWait } from './outbox-wait.ts';

function stage() {
  let nowMs = 100;
  const wait = new OutboxWait(() => nowMs);
  return { wait, pass: (ms: number) => (nowMs += ms) };
}

test('F-44: facts that wait are shown with their blocks, and since when', () => {
  const { wait, pass } = stage();
  assert.deepEqual(wait.lag(0n), { blocks: 0n, waitMs: 0 });
  wait.waits(1n);
  pass(30);
  wait.waits(2n);
  pass(5);
  assert.deepEqual(wait.lag(2n), { blocks: 2n, waitMs: 35 });
});

test('F-44: facts that come through begin the wait of those behind them anew', () => {
  const { wait, pass } = stage();
  wait.waits(2n);
  pass(30);
  wait.progressed(1n);
  pass(7);
  assert.deepEqual(wait.lag(1n), { blocks: 1n, waitMs: 7 });
  wait.progressed(0n);
  assert.deepEqual(wait.lag(0n), { blocks: 0n, waitMs: 0 });
});

test('F-44: a quiet time counts for nobody: the wait begins with the block', () => {
  const { wait, pass } = stage();
  wait.waits(0n);
  pass(60_000);
  wait.waits(1n);
  pass(3);
  assert.deepEqual(wait.lag(1n), { blocks: 1n, waitMs: 3 });
});
