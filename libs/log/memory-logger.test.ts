import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryLogger } from './memory-logger.ts';

test('memoryLogger keeps its lines and those of its children in order', () => {
  const log = memoryLogger();
  const cause = new Error('no');
  log.info('a', { x: 1 });
  log.child({ view: 2n }).error('b', cause, { y: true });
  assert.deepEqual(log.lines, [
    { level: 'info', message: 'a', fields: { x: 1 } },
    { level: 'error', message: 'b', fields: { view: 2n, y: true }, cause },
  ]);
});
