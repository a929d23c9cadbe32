import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ClientTurns } from './client-turns.ts';

const OVERLOADED = { detail: { code: 'SIGNER_OVERLOADED', waiting: 2 } };

describe('the turns of clients', () => {
  test('a client has so many calls open and no more, whatever others have', async () => {
    const turns = new ClientTurns(2);
    const held = Promise.withResolvers<void>();
    const open = [1, 2].map(() => turns.call('liar', () => held.promise));
    await assert.rejects(
      turns.call('liar', async () => 'third'),
      OVERLOADED,
    );
    assert.equal(await turns.call('consensus', async () => 'vote'), 'vote');
    held.resolve();
    await Promise.all(open);
    assert.equal(await turns.call('liar', async () => 'again'), 'again');
  });

  test('a call that failed gives its place back', async () => {
    const turns = new ClientTurns(1);
    for (let call = 0; call < 3; call++) {
      await assert.rejects(
        turns.call('consensus', () => Promise.reject(new Error('bug'))),
        /bug/,
      );
    }
  });

  test('uploads of one client come one after the other, and hold up nobody else', async () => {
    const turns = new ClientTurns(2);
    const held = Promise.withResolvers<void>();
    const begun: string[] = [];
    const slow = turns.upload('liar', () => {
      begun.push('slow');
      return held.promise;
    });
    const next = turns.upload('liar', async () => begun.push('next'));
    await turns.upload('consensus', async () => begun.push('honest'));
    await setImmediate();
    assert.deepEqual(begun, ['slow', 'honest']);
    held.resolve();
    await Promise.all([slow, next]);
    assert.deepEqual(begun, ['slow', 'honest', 'next']);
  });
});
