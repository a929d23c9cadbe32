import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { SuspendedMembers } from './suspended-members.ts';

const AWAY = memberOf(4);

function membersIn(epoch: bigint, isAwayIn: boolean): Membership {
  const roster = [...rosterOf(4), ...(isAwayIn ? [AWAY] : [])];
  return { ...foundingOf(ZERO_DIGEST, roster), epoch: toEpoch(epoch) };
}

/** The names after a vote in epoch 0 and these epochs, each with or without the member. */
function after(...epochs: readonly (readonly [bigint, boolean])[]): readonly string[] {
  const suspended = new SuspendedMembers();
  suspended.voted(AWAY, toEpoch(0n));
  for (const [epoch, isIn] of epochs) suspended.enter(membersIn(epoch, isIn));
  return suspended.all.map(({ name }) => name);
}

describe('a member that this node voted out', () => {
  test('is suspended once it is no member in the next epoch, and not by the vote alone', () => {
    assert.deepEqual(after(), []);
    assert.deepEqual(after([0n, true]), []);
    assert.deepEqual(after([0n, true], [1n, false]), ['m4']);
  });

  test('is not, where the epoch ended in another way, or this node saw nothing of its end', () => {
    assert.deepEqual(after([1n, true], [2n, false]), []);
    assert.deepEqual(after([2n, false]), []);
  });

  test('stays it over epochs, until it is a member again', () => {
    assert.deepEqual(after([1n, false], [2n, false]), ['m4']);
    assert.deepEqual(after([1n, false], [2n, true], [3n, false]), []);
  });
});
