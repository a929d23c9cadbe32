import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onceInChain } from './repeats.ts';
import { transactionOf } from './transaction.ts';

const [a, b, c] = ['a', 'b', 'c'].map((text) => transactionOf(Buffer.from(text))) as [never, never, never];

describe('no transaction twice in the chain', () => {
  const rule = onceInChain((hash) => hash === transactionOf(Buffer.from('c')).hash);

  test('lets those pass that are in no earlier block, each once', () => {
    assert.equal(rule.faultOf([]), undefined);
    assert.equal(rule.faultOf([a, b]), undefined);
    assert.equal(rule.faultOf([a, b]), undefined, 'a block that is judged again is no repeat of itself');
  });

  test('refuses one that is there already, in the block or before it', () => {
    assert.equal(rule.faultOf([a, b, a]), 'repeated transaction');
    assert.equal(rule.faultOf([a, c]), 'transaction of an earlier block');
    assert.equal(rule.faultOf([c, a, a]), 'transaction of an earlier block', 'the first fault is told');
  });
});
