import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MODEL_CASES, runCase } from './fork-cases.ts';
import { modelWorld } from './model-world.ts';

describe('hostile hosts and honest signers, searched exhaustively', () => {
  for (const each of MODEL_CASES) {
    // The larger searches without a fork are for `npm run sim -- --signer-model`.
    if (!each.mustFork && each.name !== 'all rules') continue;
    test(`${each.name}: ${each.mustFork ? 'a fork' : 'no fork'}`, () => {
      const { hasForked, states } = runCase(each, 2);
      assert.equal(hasForked, each.mustFork);
      if (!hasForked) assert.ok(states > 40_000, `only ${states} states were reached`);
    });
  }

  test('over blocks that can stand against each other', () => {
    const { blocks, requests, rivals } = modelWorld(2);
    assert.deepEqual([blocks.length, requests.length], [6, 18]);
    assert.deepEqual(rivals[0], [1, 2, 3, 5]);
  });
});
