import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';
import { voteRefused } from './ports/submission.ts';

const BLOCKS_MIN = 3;
const LONG_MS = 120_000;

test('F-14: a vote too early in its epoch is refused, and makes no blocks; in time it is taken', () => {
  const federation = new EpochFederation({ members: 4, newcomers: 1, epochBlocksMin: BLOCKS_MIN });
  federation.add(4);
  const change = federation.change({ leave: [], join: [4] });
  const answers: object[] = [];
  const vote = () => {
    for (const node of federation.up.slice(0, 3))
      federation.vote(node, change, (answer) => answers.push(answer));
  };
  const heights = () => federation.up.slice(0, 4).map(({ chain }) => chain.tip().header.height);
  const waiting = () => federation.up.map(({ node }) => node.status().waiting);

  vote();
  federation.pass(LONG_MS);
  const reason = 'a vote too early in its epoch, which takes votes from height 3 on';
  assert.deepEqual(answers, Array(3).fill(voteRefused(reason)));
  assert.deepEqual([heights(), waiting()], [Array(4).fill(0n), Array(5).fill(0)]);

  for (const text of ['one', 'two']) {
    const before = federation.up[0]?.chain.tip().header.height ?? assert.fail();
    federation.submit(federation.up[0] ?? assert.fail(), text);
    federation.until('a block', () => heights().every((height) => height > before));
  }
  vote();
  federation.until('the change', () => federation.membership.epoch === 1n);
});
