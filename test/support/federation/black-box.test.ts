import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toDigest } from '#libs/chain/ids.ts';
import { judgeChains } from './black-box.ts';

const digest = (digit: string): Digest => toDigest(digit.repeat(64));
const block = (digit: string, ...transactions: Digest[]) => ({
  digest: digest(digit),
  stateRoot: `root ${digit}`,
  transactions,
});

const CHAIN = [block('0'), block('1', digest('a')), block('2', digest('b'))];
const LOAD = {
  submitted: new Set([digest('a'), digest('b')]),
  acknowledged: new Map([
    [digest('a'), { height: 1n, index: 0 }],
    [digest('b'), { height: 2n, index: 0 }],
  ]),
};

describe('judgeChains', () => {
  test('has nothing against members that agree with each other and with what they said', () => {
    const sayings = [{ member: 1, height: 1n, stateRoot: 'root 1' }];
    assert.deepEqual(judgeChains([CHAIN, CHAIN], LOAD, sayings), []);
  });

  test('notices another block at one height', () => {
    const other = [block('0'), block('3', digest('a')), block('2', digest('b'))];
    assert.match(judgeChains([CHAIN, other], LOAD, []).join(), /members 0 and 1 differ at height 1/);
  });

  test('notices another state after the same block', () => {
    const other = CHAIN.map((each, at) => (at === 2 ? { ...each, stateRoot: 'other' } : each));
    assert.match(judgeChains([CHAIN, other], LOAD, []).join(), /differ at height 2/);
  });

  test('notices a chain that ends sooner', () => {
    assert.match(judgeChains([CHAIN, CHAIN.slice(0, 2)], LOAD, []).join(), /differ at height 2/);
  });

  test('notices a transaction that is final twice', () => {
    const twice = [...CHAIN, block('3', digest('a'))];
    assert.match(judgeChains([twice], LOAD, []).join(), /final 2 times/);
  });

  test('notices a transaction that was acknowledged and is gone, or lies elsewhere', () => {
    const lost = [block('0'), block('1', digest('a')), block('2')];
    assert.match(judgeChains([lost], LOAD, []).join(), /final 0 times.*acknowledged at 2\/0/s);
    const moved = [block('0'), block('1', digest('a'), digest('b')), block('2')];
    assert.match(judgeChains([moved], LOAD, []).join(), /acknowledged at 2\/0, and is at 1\/1/);
  });

  test('notices a transaction that nobody acknowledged, and one that nobody submitted', () => {
    const load = { submitted: new Set([digest('a')]), acknowledged: new Map() };
    assert.match(judgeChains([CHAIN], load, []).join(), /never acknowledged.*never submitted/s);
  });

  test('notices a member that once told another state of a height', () => {
    const sayings = [{ member: 1, height: 2n, stateRoot: 'root 9' }];
    assert.match(judgeChains([CHAIN], LOAD, sayings).join(), /member 1 once had another state at height 2/);
  });
});
