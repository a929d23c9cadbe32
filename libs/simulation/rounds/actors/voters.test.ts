import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type { RoundsMessage, RoundsVote } from '#libs/protocol/rounds/message.ts';
import { prng } from '#libs/random/prng.ts';
import { blockNamed } from '#test/support/chain/claims.ts';
import { doubleVotingRounds, type RoundsTools } from './voters.ts';

const [LIAR, OTHER_LIAR, HONEST] = [toMemberIndex(3), toMemberIndex(2), toMemberIndex(0)];
const VOTE: RoundsVote = {
  ...{ kind: 'vote', step: PBFT_TABLE.prepared, height: toHeight(1n), view: toView(0n) },
  ...{ digest: blockNamed('a'), member: HONEST, signature: new Uint8Array(64) },
};

/** A double voter among four, with what it sent. */
function liar() {
  const sent: RoundsMessage[] = [];
  const tools = {
    me: LIAR,
    set: { members: [0, 1, 2, 3].map((index) => ({ index: toMemberIndex(index) })) },
    random: prng(1),
    sign: () => new Uint8Array(64),
    send: (_to: unknown, message: RoundsMessage) => void sent.push(message),
  } as unknown as RoundsTools;
  return { sent, actor: doubleVotingRounds(PBFT_TABLE)(tools) };
}

test('a double voter votes in both steps, to each, for each member that it hears vote, and once for each', () => {
  const { sent, actor } = liar();
  actor.incoming?.(HONEST, VOTE);
  assert.deepEqual([sent.length, new Set(sent.map((each) => 'step' in each && each.step)).size], [6, 2]);
  actor.incoming?.(HONEST, VOTE);
  assert.equal(sent.length, 6);
  actor.incoming?.(OTHER_LIAR, VOTE);
  actor.incoming?.(HONEST, { ...VOTE, step: PBFT_TABLE.decides });
  actor.incoming?.(HONEST, { ...VOTE, digest: blockNamed('b') });
  actor.incoming?.(HONEST, { ...VOTE, view: toView(1n) });
  assert.equal(sent.length, 30);
});

test('two double voters that answer each other come to an end', () => {
  const [one, two] = [liar(), liar()];
  one.actor.incoming?.(HONEST, VOTE);
  let heard = 0;
  for (let round = 0; round < 100; round++) {
    const [fromOne, fromTwo] = [one.sent.splice(0), two.sent.splice(0)];
    heard += fromOne.length + fromTwo.length;
    for (const message of fromOne) two.actor.incoming?.(LIAR, message);
    for (const message of fromTwo) one.actor.incoming?.(OTHER_LIAR, message);
  }
  assert.ok(heard <= 60, `${heard} votes`);
});
