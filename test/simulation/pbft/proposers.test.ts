import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { decideBlocks, proposersOf } from './decide-blocks.ts';
import { DEFAULT_WAITS } from './default-waits.ts';
import { PbftFederation } from './pbft-federation.ts';

/** The proposals of a height, by the members that heard them. */
function heard(federation: PbftFederation, height: bigint): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, Set<string>>();
  for (const { from, to, message } of federation.post.sent) {
    if (message.kind !== 'proposal' || message.height !== height) continue;
    found.set(to, (found.get(to) ?? new Set()).add(`${from} ${message.view} ${message.block.digest}`));
  }
  return found;
}

describe('the proposer of PBFT', () => {
  test('TW-2.11.6: is (last proposer + 1 + round) mod n, and comes from the table alone', () => {
    const opening = { ...GENESIS.header, proposer: toMemberIndex(3) };
    const leader = PBFT_TABLE.leaders?.(4) ?? assert.fail();
    assert.deepEqual(
      [0n, 1n, 2n, 3n, 4n].map((round) => leader(toView(round), 9n, opening)),
      [0, 1, 2, 3, 0],
    );
    for (let members = 1; members <= 10; members++) {
      for (let last = 0; last < members; last++) {
        const header = { ...GENESIS.header, proposer: toMemberIndex(last) };
        for (let round = 0; round < 25; round++) {
          const found = PBFT_TABLE.leaders?.(members)(toView(BigInt(round)), 2n, header);
          assert.equal(found, (last + 1 + round) % members);
        }
      }
    }
  });

  test('TW-2.11.4: of the first height is member 0, for no block was proposed before', () => {
    const federation = new PbftFederation(4);
    assert.deepEqual(
      federation.seen.entered.map(({ leader }) => leader),
      [0, 0, 0, 0],
    );
    decideBlocks(federation, 1, 2);
    assert.deepEqual(proposersOf(federation, 1), [0]);
  });

  test('TW-2.11.1: goes round: twelve blocks of four members are of 0, 1, 2, 3, and again', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 12);
    for (const member of [0, 1, 2, 3])
      assert.deepEqual(proposersOf(federation, 12, member), [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test('TW-2.11.2: that is dead is passed over, and the height after it begins behind the member that took its place', () => {
    const federation = new PbftFederation(4);
    federation.crash(1);
    decideBlocks(federation, 6, 2);
    assert.deepEqual(proposersOf(federation, 6, 2), [0, 2, 3, 0, 2, 3]);
  });

  test('TW-2.11.3: of a federation of one is its one member, which makes a block for each transaction at once', () => {
    const alone = new PbftFederation(1);
    for (const height of [1, 2, 3]) {
      alone.submit(0, `block ${height}`);
      assert.deepEqual(alone.heights, [height]);
    }
    assert.deepEqual([proposersOf(alone, 3), alone.nowMs], [[0, 0, 0], 0]);
  });

  test('TW-2.12.3: decides alone in a federation of one; a member of four that is alone makes no block in ten minutes', () => {
    const alone = new PbftFederation(1);
    alone.submit(0, 'alone');
    assert.deepEqual(alone.heights, [1]);
    const lonely = new PbftFederation(4);
    lonely.crash(1, 2, 3);
    lonely.submit(0, 'alone');
    lonely.pass(600_000);
    assert.deepEqual(lonely.heights, [0, 0, 0, 0]);
    assert.deepEqual(lonely.state(0).at.view, 0n);
  });

  test('TW-2.2.1: says its block to every other member: one distinct proposal of each height reaches each, however often it is said again', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 2);
    // No vote arrives for a while, so that the proposal of height 3 is repeated.
    federation.post.carry = ({ message }) => (message.kind === 'vote' ? undefined : message);
    federation.submit(0, 'held up');
    federation.pass(DEFAULT_WAITS.viewTimeoutMs - 100);
    const said = federation.post.sent.filter(
      ({ message }) => message.kind === 'proposal' && message.height === 3n,
    );
    assert.ok(said.length > 3, `${said.length} of height 3`);
    federation.post.carryAll();
    federation.pass(1_000);
    decideBlocks(federation, 2);
    for (let height = 1; height <= 5; height++) {
      const { digest, header } = federation.block(height);
      const others = [0, 1, 2, 3].filter((member) => member !== header.proposer);
      const reached = heard(federation, BigInt(height));
      assert.deepEqual([...reached.keys()].sort(), others);
      for (const member of others)
        assert.deepEqual([...(reached.get(member) ?? [])], [`${header.proposer} 0 ${digest}`]);
    }
  });
});
