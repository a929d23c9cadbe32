import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MultiaddrConnection } from '@libp2p/interface';
import { gatherWrites } from './gathered-writes.ts';

/** A connection of libp2p over a socket that keeps the order of all that happens. */
function connectionOf(sendData: () => unknown) {
  const happened: string[] = [];
  const socket = { cork: () => happened.push('cork'), uncork: () => happened.push('uncork') };
  const connection = {
    socket,
    sendData: () => {
      happened.push('write');
      return sendData();
    },
  };
  gatherWrites(connection as unknown as MultiaddrConnection);
  return { connection, happened };
}

describe('gathered writes', () => {
  test('leave together, and the answer of the connection stays the same', () => {
    const { connection, happened } = connectionOf(() => ({ sentBytes: 7, canSendMore: false }));
    assert.deepEqual(connection.sendData(), { sentBytes: 7, canSendMore: false });
    assert.deepEqual(happened, ['cork', 'write', 'uncork']);
  });

  test('leave also when the connection throws', () => {
    const { connection, happened } = connectionOf(() => {
      throw new Error('closed');
    });
    assert.throws(() => connection.sendData(), /closed/);
    assert.deepEqual(happened, ['cork', 'write', 'uncork']);
  });

  test('are refused where libp2p hides its socket', () => {
    const hidden = { sendData: () => undefined };
    assert.throws(() => gatherWrites(hidden as unknown as MultiaddrConnection), /hides the socket/);
  });
});
