import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Digest } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { BranchTransactions } from '../chain/branch-transactions.ts';
import { GossipedTransactions } from './gossiped-transactions.ts';

const one = transactionOf(Uint8Array.of(1));
const two = transactionOf(Uint8Array.of(2));

/** Waiting transactions in a world whose time passes by `pass`. */
function waitingIn(final: Set<Digest> = new Set()) {
  const told: (readonly Transaction[])[] = [];
  const work: boolean[] = [];
  let due: (() => void)[] = [];
  const transactions = new GossipedTransactions({
    later: (_, run) => due.push(run),
    isFinal: (hash) => final.has(hash),
    tell: (each) => told.push(each),
    worked: (is) => work.push(is),
  });
  const pass = () => {
    const now = due;
    due = [];
    for (const run of now) run();
  };
  return { transactions, told, work, pass };
}

describe('the waiting transactions of a simulated member', () => {
  test('are told to the others again and again until they are final', () => {
    const { transactions, told, work, pass } = waitingIn();
    transactions.wait([one]);
    transactions.wait([two]);
    pass();
    pass();
    assert.deepEqual(told, [
      [one, two],
      [one, two],
    ]);
    transactions.mempool.drop(new BranchTransactions().with([one.hash, two.hash]));
    transactions.adjustWork();
    pass();
    pass();
    assert.equal(told.length, 2);
    assert.deepEqual(work, [true, false], 'the replica hears of changes alone');
  });

  test('are none that are final already: nobody waits for their block', () => {
    const { transactions, told, work, pass } = waitingIn(new Set([one.hash]));
    transactions.wait([one]);
    pass();
    assert.deepEqual([told, work], [[], []]);
  });
});
