import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';

/** The leader of view v is member v mod n, and the first view is 1. */
const LIAR = toMemberIndex(2);

test('F-13: a leader that proposes the decided tip again gets no votes for it, and loses its view', () => {
  const federation = new Federation(4);
  federation.submit(0, 'first');
  const tip = () => federation.members[0]?.chain.tip() ?? assert.fail();
  const decided = tip();
  assert.equal(decided.certificate.view, 1n);
  let lies = 0;
  const renewing: number[] = [];
  federation.anySignature = true;
  federation.tamper = (from, sent) => {
    if (sent.body.kind === 'vote' && sent.body.view > 1n && sent.body.digest === decided.digest)
      renewing.push(from);
    if (from !== LIAR || sent.body.kind !== 'proposal') return [sent];
    const { block, ...proposal } = sent.body;
    const tipBlock = federation.members[from]?.chain.blockOf(block.header.parent) ?? assert.fail();
    assert.equal(tipBlock.digest, decided.digest);
    lies += 1;
    const again = { view: block.header.view, member: LIAR };
    return [{ ...sent, body: { ...proposal, block: tipBlock, again } }];
  };
  federation.submit(0, 'second');
  federation.settle();
  assert.ok(lies > 0);
  assert.deepEqual(renewing, []);
  federation.pass(60_000);
  for (const { node, chain } of federation.members) {
    assert.ok(node.protocol().timedOutViews > 0n, 'and shows as a view that failed');
    assert.equal(chain.certifiedBlock(decided.header.height)?.certificate.view, 1n);
  }
  assert.ok(federation.members.every((member) => transactionsOf(member).includes('second')));
});
