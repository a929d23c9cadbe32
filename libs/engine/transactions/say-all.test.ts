import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';

test('a member that is to be stopped gives all transactions of its clients to the others, who decide them without it', () => {
  const federation = new Federation(4);
  const drained = federation.member(3);
  // They reach nobody when they come in.
  federation.tamper = (_, sent) => (sent.body.kind === 'transactions' ? [] : [sent]);
  for (let i = 0; i < 5; i++) federation.submit(3, `transaction ${i}`);
  const waiting = drained.hand.waiting();
  assert.ok(waiting > 0, 'a leader that has them all decided them');
  federation.tamper = (_, sent) => [sent];
  drained.hand.sayAll();
  federation.settle();
  federation.away.add(toMemberIndex(3));
  federation.pass(60_000);
  assert.equal(transactionsOf(federation.member(0)).length, 5);
  assert.equal(federation.member(0).hand.waiting(), 0);
});
