import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';

/** The timeout of views in the federation of the tests. */
const VIEW_MS = 1_000;
const TEXT = 'only one member heard of it';
const LONE = transactionOf(Buffer.from(TEXT));

/** A member gives one other a transaction, and says no word more. */
function giveAndLeave(federation: Federation, giver: number, to: number): void {
  const from = toMemberIndex(giver);
  federation.send(from, {
    to: toMemberIndex(to),
    body: { kind: 'transactions', transactions: [LONE] },
  });
  federation.settle();
  federation.away.add(from);
}

function assertFinal(federation: Federation, members: readonly number[]): void {
  for (const member of members) {
    assert.ok(transactionsOf(federation.members[member]!).includes(TEXT), `member ${member}`);
  }
}

/** The leader of view v is member v mod n, and the first view is 1. */
describe('a transaction that one member alone was given, by a member that is gone', () => {
  for (const holder of [0, 2, 3]) {
    test(`F-22: is final within three views when member ${holder} of four holds it and the giver leads`, () => {
      const federation = new Federation(4);
      giveAndLeave(federation, 1, holder);
      federation.pass(3 * VIEW_MS);
      assertFinal(federation, [0, 2, 3]);
    });
  }

  test('F-22: is final within three views when the giver is gone and the leader is another liar that says nothing', () => {
    const federation = new Federation(7);
    giveAndLeave(federation, 2, 5);
    const leader = toMemberIndex(1);
    federation.tamper = (from, sent) => (from === leader ? [] : [sent]);
    federation.pass(3 * VIEW_MS);
    assertFinal(federation, [0, 3, 4, 5, 6]);
  });

  test('F-22: is final although every liar tells of it first and delivers nothing', () => {
    const federation = new Federation(7);
    const liars = new Set([1, 2].map(toMemberIndex));
    federation.send(toMemberIndex(1), {
      to: toMemberIndex(5),
      body: { kind: 'transactions', transactions: [LONE] },
    });
    for (const liar of liars)
      federation.send(liar, { to: 'all', body: { kind: 'waiting', hashes: [LONE.hash] } });
    federation.settle();
    federation.tamper = (from, sent) => (liars.has(from) ? [] : [sent]);
    federation.pass(3 * VIEW_MS);
    assertFinal(federation, [0, 3, 4, 5, 6]);
  });

  test('F-22: is told by hash alone, and given to those that ask', () => {
    const federation = new Federation(4);
    giveAndLeave(federation, 1, 0);
    federation.sent.length = 0;
    federation.pass(VIEW_MS / 4 - 1);
    assert.deepEqual(federation.sent, []);
    federation.pass(1);
    assert.deepEqual(federation.sent.slice(0, 3), [
      'waiting',
      'transactions-request',
      'transactions-request',
    ]);
    assert.deepEqual(
      federation.sent.filter((kind) => kind === 'transactions'),
      ['transactions', 'transactions'],
    );
    for (const member of [2, 3]) assert.ok(federation.members[member]!.node.mempool.get(LONE.hash));
  });

  test('F-22: is told to a member that comes back', () => {
    const federation = new Federation(4);
    for (const member of [2, 3]) federation.away.add(toMemberIndex(member));
    giveAndLeave(federation, 1, 0);
    federation.pass(60 * VIEW_MS);
    for (const member of [2, 3]) federation.comeBack(member);
    federation.pass(5 * VIEW_MS);
    for (const member of [2, 3])
      assert.ok(federation.members[member]!.node.mempool.get(LONE.hash) || isFinal(federation));
  });

  test('is not told while blocks take what waits: the federation is only busy', () => {
    const federation = new Federation(4);
    federation.messageMs = 5;
    for (let at = 0; at < 40; at++) {
      federation.submit(at % 4, `transaction ${at}`);
      federation.pass(40);
    }
    federation.pass(VIEW_MS);
    assert.equal(transactionsOf(federation.members[0]!).length, 40);
    assert.ok(!federation.sent.includes('waiting'));
  });
});

function isFinal({ members }: Federation): boolean {
  return members.some((member) => transactionsOf(member).includes(TEXT));
}

describe('what stays alone', () => {
  test('is told less and less often', () => {
    const federation = new Federation(4);
    for (const member of [2, 3]) federation.away.add(toMemberIndex(member));
    giveAndLeave(federation, 1, 0);
    federation.sent.length = 0;
    federation.pass(120_000);
    const told = federation.sent.filter((kind) => kind === 'waiting').length;
    assert.ok(told >= 10 && told <= 20, `${told}`);
  });

  test('is told by no guest', () => {
    const federation = new Federation(4);
    const stranger = toMemberIndex(9) as MemberIndex;
    const member = federation.members[0]!;
    member.node.hear(stranger, { ok: true, body: { kind: 'waiting', hashes: [LONE.hash] } });
    assert.deepEqual(member.refused, ['unknown-member waiting']);
  });
});
