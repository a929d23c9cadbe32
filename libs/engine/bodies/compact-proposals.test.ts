import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { Federation, type Sent, transactionsOf } from '#test/support/engine/engine-federation.ts';

/** The timeout of views in the federation of the tests. */
const VIEW_MS = 1_000;
/** The leader of view v is member v mod n, and the first view is 1. */
const [leader, friend, lacking] = [1, 2, 3].map(toMemberIndex) as [never, never, never];
const FIRST = 'first of the leader alone';

/** Four members whose messages name what their receivers have; some messages of the leader are lost, to some members. */
function federation(isLost: (kind: Sent['body']['kind'], to: MemberIndex) => boolean) {
  const four = new Federation(4);
  four.isNaming = true;
  four.tamper = (from, { to, body }) => {
    if (from !== leader) return [{ to, body }];
    const receivers = to === 'all' ? four.members.map(({ index }) => index) : [to];
    const reached = receivers.filter((each) => each !== from && !isLost(body.kind, each));
    return reached.map((each) => ({ to: each, body }));
  };
  const asked = () =>
    four.sent.filter((kind) => kind === 'bodies-request' || kind === 'block-request').length;
  const decided = (text: string) =>
    four.members.filter((each) => transactionsOf(each).includes(text)).map(({ index }) => index);
  return { four, asked, decided };
}

describe('BYZ-04: a proposal that names its transactions', () => {
  test('is voted for at once where all have them: nobody asks, and no view fails', () => {
    const { four, asked, decided } = federation(() => false);
    four.submit(leader, FIRST);
    assert.deepEqual([decided(FIRST), asked()], [[0, 1, 2, 3], 0]);
  });

  test('has a member that missed the gossip ask, and vote in the same view', () => {
    const { four, asked, decided } = federation((kind, to) => kind === 'transactions' && to === lacking);
    four.submit(leader, FIRST);
    assert.deepEqual(decided(FIRST), [0, 1, 2, 3]);
    assert.equal(asked(), 2, 'the leader and another');
  });

  test('is completed by others where the leader gives its transactions to one member alone', () => {
    const silent = ['transactions', 'bodies-response', 'block-response'];
    const { four, decided } = federation((kind, to) => silent.includes(kind) && to !== friend);
    four.submit(leader, FIRST);
    four.pass(VIEW_MS / 2);
    assert.deepEqual(decided(FIRST), [0, 1, 2, 3]);
  });

  test('of transactions that the leader gives to nobody costs its view and no more', () => {
    const silent = ['transactions', 'waiting', 'bodies-response', 'block-response'];
    const { four, decided } = federation((kind) => silent.includes(kind));
    four.submit(leader, FIRST);
    four.submit(friend, 'second');
    assert.deepEqual(decided('second'), []);
    four.pass(1.5 * VIEW_MS);
    assert.deepEqual([decided('second'), decided(FIRST)], [[0, 1, 2, 3], []]);
  });

  test('in the mouth of a member that does not lead its view has nobody asked, and is refused', () => {
    const { four, asked, decided } = federation(() => false);
    const { tamper } = four;
    const silent = ['transactions', 'waiting'];
    let [said, isByLeader] = [0, false];
    four.tamper = (from, sent) => {
      if (from !== leader || silent.includes(sent.body.kind)) return from === leader ? [] : [sent];
      if (sent.body.kind !== 'proposal' || isByLeader) return tamper(from, sent);
      said += 1;
      four.send(lacking, { to: friend, body: sent.body }, undefined, 'compact');
      return [];
    };
    four.submit(leader, FIRST);
    assert.deepEqual([said, asked()], [1, 0]);
    assert.deepEqual(four.member(friend).refused, ['wrong-sender ']);
    isByLeader = true;
    four.submit(friend, 'second');
    four.pass(1.5 * VIEW_MS);
    assert.deepEqual(decided('second'), [0, 1, 2, 3], 'and no view more than the one is lost');
  });

  test('is no proof of anything: a transaction that a member cannot get from anybody is voted for by nobody', () => {
    const { four, decided } = federation((kind, to) => kind !== 'proposal' || to !== lacking);
    four.submit(leader, FIRST);
    four.pass(VIEW_MS / 2);
    assert.deepEqual(decided(FIRST), []);
    assert.ok(
      !four.signed.some(({ member, statement }) => member === lacking && statement.kind === 'prepare'),
    );
  });
});
