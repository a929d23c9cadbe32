import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { USELESS_MESSAGES_BURST } from '#libs/replica/limits.ts';
import { PeerAccounts } from './peer-accounts.ts';
import { vouchingOf } from './ports/vouching.ts';

const MEMBER = toMemberIndex(2);

function accounts() {
  const muted: string[] = [];
  const made = new PeerAccounts({
    members: 4,
    votes: HOTSTUFF_TABLE,
    steadyMs: () => 1_000,
    clock: { nowMs: () => 0, after: () => () => {} },
    onMuted: (member, reason) => muted.push(`${member}: ${reason}`),
  });
  return { made, muted };
}

describe('what a key that nobody here knows has signed', () => {
  test('mutes nobody, however much there is of it', () => {
    const { made, muted } = accounts();
    for (let count = 0; count < 3 * USELESS_MESSAGES_BURST; count++) made.refused(MEMBER, 'unresolved');
    assert.deepEqual([muted, made.hears(MEMBER)], [[], true]);
    for (let count = 0; count < 3 * USELESS_MESSAGES_BURST; count++) made.refused(MEMBER, 'invalid');
    assert.deepEqual([muted.length, made.hears(MEMBER)], [1, false]);
  });

  test('leaves a block unjudged, and makes it neither true nor false', () => {
    assert.equal(vouchingOf(false, 'unresolved'), 'unjudged');
    assert.equal(vouchingOf(false, 'overloaded'), 'unjudged');
    assert.equal(vouchingOf(false), 'false');
    assert.equal(vouchingOf(true), 'true');
  });
});
