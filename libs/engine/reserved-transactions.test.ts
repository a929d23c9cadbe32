import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { votesFor } from '#test/support/engine/planted-transaction.ts';
import { RESERVED } from './ports/submission.ts';

const LIAR = toMemberIndex(2);
const OTHERS = [0, 1, 3];

describe('a transaction of the namespace of the system that no desk knows', () => {
  for (const text of ['btcfed/', 'btcfed/evidence/v3', 'btcfed/fees/v1 of a later version']) {
    const content = Buffer.from(text);

    test(`is refused from a client as reserved: ${text}`, () => {
      const federation = new Federation(4);
      const answers: unknown[] = [];
      const { node } = federation.members[0]!;
      node.submit(transactionOf(content), { answer: (result) => answers.push(result) });
      federation.settle();
      assert.deepEqual(answers, [RESERVED]);
      for (const member of federation.members) assert.equal(member.node.status().waiting, 0);
    });

    test(`is refused from a member that passes it on, and costs it what a false message costs: ${text}`, () => {
      const federation = new Federation(4);
      const transactions = ['plain', text].map((each) => transactionOf(Buffer.from(each)));
      federation.send(LIAR, { to: 'all', body: { kind: 'transactions', transactions } });
      federation.settle();
      federation.pass(60_000);
      for (const at of OTHERS) {
        const member = federation.members[at]!;
        const invalid = member.refused.filter((each) => each.startsWith('invalid'));
        assert.deepEqual(invalid, ['invalid reserved transaction']);
        assert.deepEqual(transactionsOf(member), ['plain'], 'what came with it is taken');
      }
    });

    test(`makes a block invalid for every member: ${text}`, () => assert.equal(votesFor(content), 0));
  }

  test('is no other that looks like it: a block with that gets the votes of all others', () => {
    for (const text of ['btcfed', 'Btcfed/evidence/v1']) assert.equal(votesFor(Buffer.from(text)), 3);
  });
});
