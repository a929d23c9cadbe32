import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { headerDigest } from '#libs/chain/block.ts';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';

describe('engine', () => {
  test('makes a submitted transaction final on every member', () => {
    const federation = new Federation(4);
    federation.submit(0, 'first');
    federation.submit(3, 'second');
    for (const member of federation.members) assert.deepEqual(transactionsOf(member), ['first', 'second']);
    assert.equal(
      new Set(
        federation.members.map(({ chain }) => chain.final.map(({ header }) => headerDigest(header)).join()),
      ).size,
      1,
    );
  });

  test('makes no empty block after the last transaction', () => {
    const federation = new Federation(4);
    for (let i = 0; i < 5; i++) federation.submit(i % 4, `transaction ${i}`);
    for (const { chain } of federation.members) assert.equal(chain.final.length, 1 + 5);
  });

  test('says nothing but heartbeats when there is nothing to decide, one each ten seconds or less often', () => {
    const federation = new Federation(4);
    federation.submit(0, 'first');
    federation.sent.length = 0;
    federation.pass(60_000);
    assert.ok(federation.sent.every((kind) => kind === 'whereabouts'));
    assert.ok(
      federation.sent.length >= 4 * 4 && federation.sent.length <= 4 * 6,
      `${federation.sent.length}`,
    );
  });

  test('goes on without one member, whoever leads (HS-40)', () => {
    const federation = new Federation(4);
    federation.away.add(toMemberIndex(2));
    for (let i = 0; i < 8; i++) {
      federation.submit(i % 2, `transaction ${i}`);
      federation.pass(10_000);
    }
    const [first, ...others] = federation.members.filter(({ index }) => index !== 2);
    assert.equal(transactionsOf(first!).length, 8);
    for (const other of others) assert.deepEqual(transactionsOf(other), transactionsOf(first!));
  });

  test('brings a member that was away up to the others, and it votes again (HS-33)', () => {
    const federation = new Federation(4);
    federation.away.add(toMemberIndex(1));
    for (let i = 0; i < 300; i++) {
      federation.submit(0, `transaction ${i}`);
      federation.pass(5_000);
    }
    federation.comeBack(1);
    federation.pass(5_000);
    assert.deepEqual(transactionsOf(federation.members[1]!), transactionsOf(federation.members[0]!));
    federation.away.add(toMemberIndex(2));
    federation.submit(0, 'needs member 1');
    federation.pass(20_000);
    assert.equal(transactionsOf(federation.members[1]!).at(-1), 'needs member 1');
  });

  test('accuses nobody of a block that came twice', () => {
    const federation = new Federation(4);
    federation.submit(0, 'first');
    const [asker, other] = federation.members;
    asker!.refused.length = 0;
    asker!.node.hear(toMemberIndex(1), {
      ok: true,
      body: { kind: 'block-response', block: other!.chain.final[1]! },
    });
    assert.deepEqual(asker!.refused, ['stale not asked for']);
  });

  test('says a transaction again that reached nobody, until somebody proposes it', () => {
    const federation = new Federation(4);
    for (const other of [1, 2, 3]) federation.away.add(toMemberIndex(other));
    federation.submit(0, 'alone');
    federation.away.clear();
    federation.pass(30_000);
    for (const member of federation.members) assert.deepEqual(transactionsOf(member), ['alone']);
  });

  test('commits nothing without a quorum, and goes on when it is back (HS-32)', () => {
    const federation = new Federation(4);
    federation.away.add(toMemberIndex(1)).add(toMemberIndex(2));
    federation.submit(0, 'waits');
    federation.pass(100_000);
    assert.deepEqual(transactionsOf(federation.members[0]!), []);
    federation.comeBack(1);
    federation.pass(40_000);
    assert.deepEqual(transactionsOf(federation.members[0]!), ['waits']);
  });

  test('goes on once signers that refused every signature for a while give them again', () => {
    const federation = new Federation(4);
    for (const { index } of federation.members) federation.unsigned.add(index);
    federation.submit(0, 'waits');
    federation.pass(100_000);
    for (const member of federation.members) assert.deepEqual(transactionsOf(member), []);
    federation.unsigned.clear();
    federation.pass(40_000);
    for (const member of federation.members) assert.deepEqual(transactionsOf(member), ['waits']);
  });

  test('spreads what a client gives although a member that lies had told this one alone', () => {
    const federation = new Federation(4);
    const hidden = transactionOf(Buffer.from('hidden'));
    const [victim] = federation.members;
    const liar = toMemberIndex(3);
    federation.send(liar, { to: toMemberIndex(0), body: { kind: 'transactions', transactions: [hidden] } });
    federation.settle();
    federation.away.add(liar);
    let kind: string | undefined;
    victim!.node.submit(hidden, { answer: ({ code }) => (kind = code) });
    assert.equal(kind, 'known');
    federation.settle();
    federation.pass(40_000);
    for (const { index } of [victim!, ...federation.members.slice(1, 3)])
      assert.deepEqual(transactionsOf(federation.members[index]!), ['hidden']);
  });

  test('looks at no signature in transactions that are not those of the block it asked for (RULES.md A.44)', () => {
    const federation = new Federation(4);
    const [victim] = federation.members;
    const junk = transactionOf(Buffer.from('not of this block'));
    let isLying = true;
    federation.tamper = (from, sent) => {
      const { to, body } = sent;
      if (body.kind === 'proposal' && to === 'all')
        return federation.members
          .filter(({ index }) => index !== from && index !== 0)
          .map(({ index }) => ({ to: index, body }));
      if (body.kind !== 'block-response' || !isLying) return [sent];
      isLying = false;
      return [{ to, body: { ...body, block: { ...body.block, transactions: [junk] } } }];
    };
    federation.submit(1, 'true');
    federation.pass(20_000);
    assert.deepEqual(victim!.refused, ['stale transactions of another block']);
    assert.deepEqual(transactionsOf(victim!), ['true']);
  });

  test('takes nothing from a guest but requests, their answers and what proves itself', () => {
    const federation = new Federation(4);
    const [member] = federation.members;
    const guest = toMemberIndex(4);
    const gift = Buffer.from('gift');
    member!.node.hear(guest, {
      ok: true,
      body: { kind: 'transactions', transactions: [transactionOf(gift)] },
    });
    member!.node.hear(guest, { ok: true, body: { kind: 'evidence', content: gift } });
    assert.deepEqual(member!.refused, ['unknown-member transactions', 'unknown-member evidence']);
    assert.equal(member!.node.status().waiting, 0);
  });
});
