import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { Federation, type Sent, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { FIRST_ANSWERS_IN_VIEW } from './body-limits.ts';

/** The timeout of views in the federation of the tests. */
const VIEW_MS = 1_000;
/** Eight of them, and what signatures take, are a view. */
const MESSAGE_MS = 20;
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
    assert.equal(asked(), 1, 'the leader');
  });

  test('is decided as soon as one that carries them, where all have them', () => {
    const tookMs = [true, false].map((isNaming) => {
      const { four, asked, decided } = federation(() => false);
      four.isNaming = isNaming;
      four.messageMs = MESSAGE_MS;
      four.submit(leader, FIRST);
      while (decided(FIRST).length < four.members.length && four.nowMs < VIEW_MS) four.pass(1);
      assert.equal(asked(), 0);
      return four.nowMs;
    });
    assert.equal(tookMs[0], tookMs[1]);
    assert.ok((tookMs[0] ?? 0) < VIEW_MS);
  });

  test('has a member whose gossip lags given its transactions once more, and not twice', () => {
    const { four, asked, decided } = federation((kind, to) => kind === 'transactions' && to === lacking);
    four.messageMs = MESSAGE_MS;
    four.submit(leader, FIRST);
    four.pass(VIEW_MS / 2);
    assert.deepEqual(decided(FIRST), [0, 1, 2, 3]);
    const answers = four.sent.filter((kind) => kind === 'bodies-response').length;
    assert.deepEqual([asked(), answers], [1, 1]);
  });

  test('has nobody but its leader asked where gossip comes within a part of a view', () => {
    const silent = ['bodies-response', 'block-response'];
    const { four, decided } = federation(
      (kind, to) => silent.includes(kind) || (kind === 'transactions' && to === lacking),
    );
    const { tamper } = four;
    four.tamper = (from, sent) => {
      if (from === leader && sent.body.kind === 'transactions')
        four.after(VIEW_MS / (2 * FIRST_ANSWERS_IN_VIEW), () =>
          four.send(friend, { to: lacking, body: sent.body }),
        );
      return tamper(from, sent);
    };
    four.submit(leader, FIRST);
    four.pass(VIEW_MS / 2);
    const asked = four.sent.filter((kind) => kind === 'bodies-request').length;
    assert.deepEqual([decided(FIRST), asked], [[0, 1, 2, 3], 1]);
  });

  test('is completed by others where the leader gives its transactions to one member alone', () => {
    const silent = ['transactions', 'bodies-response', 'block-response'];
    const { four, decided } = federation((kind, to) => silent.includes(kind) && to !== friend);
    const { tamper } = four;
    // By asking alone: the friend tells nobody of transactions that wait with it.
    four.tamper = (from, sent) => (sent.body.kind === 'waiting' ? [] : tamper(from, sent));
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
