import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { said, spoke } from '#test/support/chain/claims.ts';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';
import type { EpochNode } from '#test/support/engine/epoch-node.ts';

const LIAR = 3;

/** The keys of epoch 0 were those of nodes 0 to 3, and those of epoch 1 are those of nodes 0, 1, 2 and 4. */
function withSecondEpoch(): EpochFederation {
  const federation = new EpochFederation({ members: 4, newcomers: 1 });
  federation.add(4);
  const change = federation.change({ leave: [3], join: [4] });
  for (const node of federation.up) federation.vote(node, change);
  federation.until('the second epoch', () =>
    federation.up.every(({ membership }) => membership.epoch === 1n),
  );
  return federation;
}

/** Two votes of the member at the place of the liar in an epoch, with the key of a node. */
function doubleVote(federation: EpochFederation, epoch: Epoch, key: number): Uint8Array {
  const [first, second] = ['a', 'b'].map((digest) => {
    const statement = spoke('prepare', 1, digest);
    return said(LIAR, statement, federation.signatureOf(key, epoch, statement));
  });
  assert.ok(first && second);
  return encodeEvidence(
    evidenceOf(first, second, epoch, HOTSTUFF_TABLE) ?? assert.fail(),
    federation.membership.chain,
  );
}

function tell(federation: EpochFederation, content: Uint8Array): void {
  const { membership, node } = federation.node(0);
  const from = membership.set.members[1]?.index ?? assert.fail();
  node.hear(from, { ok: true, body: { kind: 'evidence', content } });
}

const evidenceOn = ({ chain }: EpochNode): number =>
  chain.final.flatMap(({ transactions }) => transactions.filter((each) => isFor('evidence', each))).length;

describe('evidence of an epoch that is over', () => {
  test('BYZ-27 HS-57 is verified with the keys of its epoch, kept and final, although the liar is no member any more', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(federation, toEpoch(0n), LIAR));
    const members = federation.up.filter(({ number }) => number !== 3);
    federation.until('it is in a block', () => members.every((node) => evidenceOn(node) === 1));
    for (const { evidence } of members)
      assert.deepEqual(
        evidence.all.map((each) => each.evidence.epoch),
        [0n],
      );
  });

  test('BYZ-27 stands beside evidence of the present one: each is verified with the keys of its own', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(federation, toEpoch(0n), LIAR));
    tell(federation, doubleVote(federation, toEpoch(1n), 4));
    const members = federation.up.filter(({ number }) => number !== 3);
    federation.until('both are in blocks', () => members.every((node) => evidenceOn(node) === 2));
  });

  test('BYZ-27 that the keys of another epoch signed goes no further', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(federation, toEpoch(0n), 4));
    tell(federation, doubleVote(federation, toEpoch(1n), LIAR));
    federation.pass(30_000);
    for (const node of federation.up) assert.deepEqual([node.evidence.all, evidenceOn(node)], [[], 0]);
    const { refused } = federation.node(0);
    assert.equal(refused.filter((each) => each.includes('signatures do not hold')).length, 2);
  });

  test('BYZ-27 of one that has not begun waits for nothing: it is refused', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(federation, toEpoch(2n), 4));
    assert.match(federation.node(0).refused.join(), /evidence of an epoch that has not begun here/);
  });

  test('BYZ-27 that was found before it ended goes into a block of the next', () => {
    const federation = new EpochFederation({ members: 4, newcomers: 1 });
    federation.add(4);
    // All of it: nothing is final in this epoch but the votes that end it.
    const content = doubleVote(federation, toEpoch(0n), LIAR);
    const change = federation.change({ leave: [3], join: [4] });
    for (const node of federation.up) federation.vote(node, change);
    federation.until('the change is adopted', () => federation.membership.adopted !== undefined);
    const before = evidenceOn(federation.node(0));
    tell(federation, content);
    federation.until('it is in a block', () => evidenceOn(federation.node(4)) === before + 1);
  });
});
