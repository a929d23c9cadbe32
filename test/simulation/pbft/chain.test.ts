import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { pbftSubject } from '#libs/simulation/pbft/subject.ts';
import { TWIN } from '#libs/simulation/plan/plan.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { leftIn, RoundsCore, roundBlock } from '#test/support/rounds/rounds-harness.ts';
import { decideBlocks } from './decide-blocks.ts';
import { PbftFederation } from './pbft-federation.ts';

const HEIGHTS = 500;
const LIAR = 1;

/** A chain of the liar's own in the place of the true one, and longer by what it claims: its certificate has its own signature alone. */
function ownChain({ blocks, certificate }: BlockRange): BlockRange {
  let parent = blocks[0]?.header.parent;
  const own = blocks.map(({ header, transactions }): Block => {
    const block = sealBlock(
      { ...header, parent: parent ?? header.parent, timestampMs: header.timestampMs + 1n },
      transactions,
    );
    parent = block.digest;
    return block;
  });
  const last = own.at(-1) ?? assert.fail();
  const signatures = certificate.signatures.map((each) => ({
    ...each,
    signature: new Uint8Array(32).fill(LIAR),
  }));
  return {
    blocks: own,
    descendants: [],
    certificate: {
      ...certificate,
      digest: last.digest,
      height: last.header.height,
      instance: last.header.height,
      signatures,
    },
  };
}

describe('the chain of PBFT', () => {
  test(`TW-2.2.10: of ${HEIGHTS} blocks comes whole to a member that holds nothing, and the longer one of a liar is not believed`, () => {
    const federation = new PbftFederation(4);
    federation.crash(3);
    decideBlocks(federation, HEIGHTS);
    let lies = 0;
    federation.post.carryRest = ({ from, to, body }): PeerMessageBody => {
      if (from !== LIAR || to !== 3) return body;
      if (body.kind === 'whereabouts') return { ...body, height: toHeight(body.height + 1_000n) };
      if (body.kind !== 'blocks-response' || body.range === undefined) return body;
      lies += 1;
      return { ...body, range: ownChain(body.range) };
    };
    assert.equal(federation.heights[3], 0);
    federation.start(3);
    federation.pass(60_000);
    const [height = 0] = federation.heights;
    assert.deepEqual([federation.heights[3], lies > 0], [height, true]);
    for (let at = 1; at <= height; at++)
      assert.equal(federation.block(at, 3).digest, federation.block(at, 0).digest);
  });

  test('TW-2.7.7: does not fork under load with f members that lie: a twin, and one that floods, of seven', () => {
    const byzantine = [
      { member: toMemberIndex(1), actor: TWIN },
      { member: toMemberIndex(2), actor: 'flooder' },
    ];
    for (let seed = 1; seed <= 3; seed++) {
      const { violations, height } = simulate(pbftSubject, {
        ...{ seed, members: 7, byzantine },
        adjust: (plan) => ({ ...plan, transactionMs: 5 }),
      });
      assert.deepEqual([seed, violations], [seed, []]);
      assert.ok(height >= 5);
    }
  });
});

/** Values in a state, whatever they are in. */
function sizeOf(value: unknown): number {
  if (value instanceof Map || value instanceof Set)
    return [...value].reduce((sum, each) => sum + sizeOf(each), 1);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + sizeOf(each), 1);
}

/** Takes a member over one height, whose first view fails in some. @returns its block */
function oneHeight(core: RoundsCore, tip: Block, view: 0 | 1): Block {
  const height = toHeight(tip.header.height + 1n);
  const leave = view === 0 ? undefined : leftIn(0, undefined, height);
  if (leave !== undefined) core.receive(0, { kind: 'left', leave });
  const first = height === 1n ? 0 : tip.header.proposer + 1;
  const block = roundBlock(tip, view, { proposer: (first + view) % 4 });
  const { proposer } = block.header;
  if (proposer === core.state.context.me)
    core.signAll(
      core.step({ kind: 'built', position: { instance: height, view: toView(BigInt(view)) }, block }),
    );
  else core.signAll(core.propose(block, { member: proposer, leave }));
  for (const step of ['prepare', 'commit']) core.signAll(core.votes(step, block, [0, 1]));
  core.final(block);
  return block;
}

test('TW-2.7.6: a member of PBFT keeps nothing of past heights: its state is as large after ten thousand as after twenty', () => {
  const core = new RoundsCore({ me: 3 });
  let tip = GENESIS;
  const sizes = new Map<number, number>();
  for (let height = 1; height <= 10_000; height++) {
    tip = oneHeight(core, tip, height % 10 === 5 ? 1 : 0);
    core.effects.length = 0;
    if (height === 20 || height === 10_000) sizes.set(height, sizeOf({ ...core.state, context: 0 }));
  }
  assert.equal(core.at.height, 10_001n);
  assert.equal(sizes.get(10_000), sizes.get(20));
});
