import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { SENT_BYTES_BURST, SENT_BYTES_PER_SECOND } from './core-limits.ts';
import { SendBudget } from './send-budget.ts';

const PEER = toMemberIndex(1);
const PROOF_BYTES = 51_000;

/** Messages granted of a flood. */
function granted(budget: SendBudget, count: number, nowMs: number): number {
  return Array.from({ length: count }, () => budget.take(PEER, PROOF_BYTES, nowMs)).filter(Boolean).length;
}

test('a member that asks without end is sent a burst, and then no more than the rate', () => {
  const budget = new SendBudget();
  assert.equal(granted(budget, 10_000, 0), Math.ceil(SENT_BYTES_BURST / PROOF_BYTES));
  let later = 0;
  for (let second = 1; second <= 10; second++) later += granted(budget, 10_000, second * 1_000);
  assert.ok(later * PROOF_BYTES <= 10 * SENT_BYTES_PER_SECOND);
  assert.ok(later * PROOF_BYTES >= 10 * SENT_BYTES_BURST - PROOF_BYTES * 10);
});

test('takes nothing from the other members', () => {
  const budget = new SendBudget();
  granted(budget, 10_000, 0);
  assert.equal(budget.take(toMemberIndex(2), PROOF_BYTES, 0), true);
});

test('lets a message through that is larger than the burst, and waits for it to be earned', () => {
  const budget = new SendBudget();
  assert.equal(budget.take(PEER, 2 * SENT_BYTES_BURST, 0), true);
  assert.equal(budget.take(PEER, 1, 0), false);
  assert.equal(budget.take(PEER, 1, 1_000), true);
});

test('earns nothing from a clock that goes back', () => {
  const budget = new SendBudget();
  granted(budget, 10_000, 5_000);
  assert.equal(budget.take(PEER, 1, 0), false);
});
