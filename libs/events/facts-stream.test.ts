import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JetStreamManager, StreamConfig } from 'nats';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ensureFactsStream, FACTS_STREAM_SETTINGS } from './facts-stream.ts';

/** A server whose stream takes messages of this size, and may not be changed by us unless told otherwise. */
async function ensure(maxMsgSize: number, update: (config: Partial<StreamConfig>) => void) {
  const config = { ...FACTS_STREAM_SETTINGS, num_replicas: 3, max_msg_size: maxMsgSize };
  const streams = {
    info: async () => ({ config }),
    update: async (_name: string, changed: Partial<StreamConfig>) => update(changed),
    add: () => assert.fail('it is there'),
  };
  const log = memoryLogger();
  await ensureFactsStream({ streams } as unknown as JetStreamManager, log);
  return log.lines;
}

describe('a stream of facts that is there', () => {
  test('is made to take the fact of the largest block, and keeps its other settings', async () => {
    const updates: unknown[] = [];
    await ensure(4_096, (changed) => updates.push(changed));
    assert.deepEqual(updates, [{ ...FACTS_STREAM_SETTINGS, num_replicas: 3 }]);
  });

  test('is left alone where it takes that fact already, or has no limit', async () => {
    for (const size of [-1, FACTS_STREAM_SETTINGS.max_msg_size, 1_048_576])
      await ensure(size, () => assert.fail('it was changed'));
  });

  test('is used as it is where the server does not let us, and the log says what to raise', async () => {
    const lines = await ensure(4_096, () => {
      throw new Error('not allowed');
    });
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [['error', 'stream of facts refuses those of large blocks: raise its max_msg_size']],
    );
  });
});
