import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { doubleVote, evidenceIn, notice } from '#test/support/engine/engine-lies.ts';

test('F-01: a block whose evidence could not be verified is taken for false by nobody, and decided later (BYZ-27)', () => {
  const federation = new Federation(4);
  // Each member that votes asks for the evidence in the block, once.
  federation.overloads = 3;
  federation.send(toMemberIndex(1), notice(doubleVote(1)));
  federation.submit(0, 'apple');
  federation.pass(60_000);
  assert.equal(federation.overloads, 0);
  for (const member of federation.members) {
    assert.equal(evidenceIn(member), 1);
    assert.deepEqual(
      transactionsOf(member).filter((each) => each === 'apple'),
      ['apple'],
    );
    assert.deepEqual(
      member.refused.filter((each) => each.startsWith('invalid')),
      [],
    );
  }
});
