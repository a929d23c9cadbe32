import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { buildBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { type Height, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
import { HaltHeight } from '../ports/halt-height.ts';
import { haltingBlocks } from './halting-blocks.ts';

const ME = toMemberIndex(0);
const POSITION = { instance: 0n, view: toView(1n) };
const { genesis } = new LoneChain();

const { block: first } = buildBlock({
  parent: genesis,
  frontier: EMPTY_FRONTIER,
  ...{ view: toView(1n), proposer: ME, epoch: toEpoch(0n), nowMs: 1n },
  transactions: [],
});

function certificateOf(height: Height) {
  return { ...genesisCertificate(HOTSTUFF_TABLE, 'commit', first.digest), height };
}

/** The questions about a height that reach the keeper of a member that stops behind height 5. */
function reached(height: bigint, final: bigint): readonly string[] {
  const heard: string[] = [];
  const blocks = haltingBlocks(
    {
      build: () => heard.push('build'),
      check: () => heard.push('check'),
      fetch: () => heard.push('fetch'),
      commit: () => heard.push('commit'),
    },
    {
      ...{ halt: new HaltHeight(toHeight(5n)), finalHeight: () => final },
      onMissing: () => heard.push('kept for later'),
    },
  );
  const at = toHeight(height);
  const header = { ...first.header, height: at };
  const draft = {
    mode: 'full',
    timestampMs: undefined,
    proposer: ME,
    height: at,
    parent: genesis.digest,
  } as const;
  blocks.build(POSITION, draft, () => {});
  blocks.check(sealBlock(header, []), ME, () => {});
  blocks.fetch(certificateOf(at), ME, () => {});
  blocks.commit(certificateOf(at), ME);
  return heard;
}

describe('the blocks of a member that stops behind a height', () => {
  test('are all its own up to and including it', () => {
    for (const height of [4n, 5n])
      assert.deepEqual(reached(height, 4n), ['build', 'check', 'fetch', 'commit']);
  });

  test('above it are not judged and not fetched; a decision of more than one block, this one among them, is taken in', () => {
    assert.deepEqual(reached(6n, 4n), ['build', 'commit']);
  });

  test('are none once it is final: nothing is made, and a decision is kept for later', () => {
    assert.deepEqual(reached(6n, 5n), ['kept for later']);
  });
});
