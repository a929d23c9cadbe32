import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause } from './pause.ts';

test('pause ends by itself, or with the reason why it was cut short', async () => {
  const controller = new AbortController();
  await pause(1, controller.signal);
  const reason = new Error('stopped by a person');
  const waiting = pause(60_000, controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(pause(1, controller.signal), reason);
});
