import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { assertHonestSpared, trial } from '#test/support/hotstuff/accusations.ts';

// test/long/evidence-honest.ts runs it on more seeds.
describe('the honest', () => {
  test('HS-57: are never accused, through crashes, power cuts, loss and partitions (libs/simulation/README.md L7)', () => {
    assertHonestSpared('through crashes, power cuts, loss and partitions', 15);
  });

  test('HS-57: are never accused, whoever else lies (libs/simulation/README.md L7)', () => {
    assertHonestSpared('whoever else lies', 30);
  });

  test('HS-57: are never accused, even when more lie than the federation bears (libs/simulation/README.md L7)', () => {
    assertHonestSpared('even when more lie than the federation bears', 20);
  });
});

describe('liars', () => {
  for (const actor of ['double-voter', 'equivocator', 'twin', 'understater']) {
    test(`are found out: ${actor}`, () => {
      const member = toMemberIndex(1);
      const isFound = (seed: number) =>
        trial({ seed, members: 4, byzantine: [{ member, actor }] }).accused.has(member);
      assert.ok([...Array(12).keys()].some(isFound));
    });
  }
});
