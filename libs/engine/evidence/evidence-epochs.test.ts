import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Epoch, toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { encodeEvidence } from '#libs/protocol/evidence-codec.ts';
import { signingBytes } from '#libs/protocol/statement.ts';
import { said, spoke } from '#test/support/chain/claims.ts';
import { memberOf } from '#test/support/chain/membership.ts';
import { EpochFederation, type EpochNode, signatureOf } from '#test/support/engine/epoch-federation.ts';

const LIAR = 3;

/** The keys of epoch 0 were those of m0 to m3, and those of epoch 1 are those of m0, m1, m2 and m4. */
function withSecondEpoch(): EpochFederation {
  const federation = new EpochFederation({ members: 4 });
  federation.add(4);
  const change = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: ['m3'], join: [memberOf(4)] };
  for (const node of federation.up) federation.vote(node, change);
  federation.until('the second epoch', () => federation.up.every(({ book }) => book.current.epoch === 1n));
  return federation;
}

/** Two votes of the member at the place of the liar in an epoch, with a key. */
function doubleVote(epoch: Epoch, key: number, view: number): Uint8Array {
  const scope = { chain: ZERO_DIGEST, protocol: 'hotstuff', epoch };
  const [first, second] = ['a', 'b'].map((digest) => {
    const statement = spoke('prepare', view, digest);
    return said(LIAR, statement, signatureOf(memberOf(key), signingBytes(scope, statement)));
  });
  assert.ok(first && second);
  return encodeEvidence(evidenceOf(first, second, epoch) ?? assert.fail(), ZERO_DIGEST);
}

function tell(federation: EpochFederation, content: Uint8Array): void {
  const [from, node] = [federation.node('m1'), federation.node('m0')];
  const index = node.book.current.set.members.find(({ name }) => name === from.facts.name)?.index;
  node.life?.node.hear(index ?? assert.fail(), { ok: true, body: { kind: 'evidence', content } });
}

const evidenceOn = ({ chain }: EpochNode): number =>
  chain.final.flatMap(({ transactions }) => transactions.filter((each) => isFor('evidence', each))).length;

describe('evidence of an epoch that is over', () => {
  test('BYZ-27 HS-57 is verified with the keys of its epoch, kept and final, although the liar is no member any more', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(toEpoch(0n), LIAR, 1));
    const members = federation.up.filter(({ facts }) => facts.name !== 'm3');
    federation.until('it is in a block', () => members.every((node) => evidenceOn(node) === 1));
    for (const { evidence } of members)
      assert.deepEqual(
        evidence.all.map((each) => each.evidence.epoch),
        [0n],
      );
  });

  test('BYZ-27 stands beside evidence of the present one: each is verified with the keys of its own', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(toEpoch(0n), LIAR, 1));
    tell(federation, doubleVote(toEpoch(1n), 4, 1));
    const members = federation.up.filter(({ facts }) => facts.name !== 'm3');
    federation.until('both are in blocks', () => members.every((node) => evidenceOn(node) === 2));
  });

  test('BYZ-27 that the keys of another epoch signed goes no further', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(toEpoch(0n), 4, 1));
    tell(federation, doubleVote(toEpoch(1n), LIAR, 1));
    federation.pass(30_000);
    for (const node of federation.up) assert.deepEqual([node.evidence.all, evidenceOn(node)], [[], 0]);
    const { refused } = federation.node('m0');
    assert.equal(refused.filter((each) => each.includes('signatures do not hold')).length, 2);
  });

  test('BYZ-27 of one that has not begun waits for nothing: it is refused', () => {
    const federation = withSecondEpoch();
    tell(federation, doubleVote(toEpoch(2n), 4, 1));
    assert.match(federation.node('m0').refused.join(), /evidence of an epoch that has not begun here/);
  });

  test('BYZ-27 that was found before it ended goes into a block of the next', () => {
    const federation = new EpochFederation({ members: 4 });
    federation.add(4);
    // All of it: nothing is final in this epoch but the votes that end it.
    const content = doubleVote(toEpoch(0n), LIAR, 1);
    const change = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: ['m3'], join: [memberOf(4)] };
    for (const node of federation.up) federation.vote(node, change);
    federation.until('the change is adopted', () => federation.membership.adopted !== undefined);
    const before = evidenceOn(federation.node('m0'));
    tell(federation, content);
    federation.until('it is in a block', () => evidenceOn(federation.node('m4')) === before + 1);
  });
});
