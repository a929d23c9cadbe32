import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { AUDIT_HEAD_LOG_ROWS, AUDIT_HEAD_LOG_TICKS, AUDIT_HEAD_TICK_MS } from '../words/limits.ts';
import { AuditHeadLog } from './audit-head-log.ts';

function headLog(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const log = memoryLogger();
  const state = { sequence: 4n };
  const bytes = new Uint8Array(32).fill(0xab);
  const head = () => ({ ...state, hash: bytes, publicKey: bytes, signature: bytes });
  const heads = new AuditHeadLog({ head, log });
  const said = () => log.lines.map(({ fields }) => fields['rows']);
  const pass = (ticks: number) => t.mock.timers.tick(ticks * AUDIT_HEAD_TICK_MS);
  return { heads, state, said, pass, log };
}

test('the head of the audit log is in the log of the process, signed, at start and end', (t) => {
  const { heads, state, said, log } = headLog(t);
  assert.match(JSON.stringify(log.lines[0]?.fields['hash']), /^"(?:ab){32}"$/);
  state.sequence = 5n;
  heads.stop();
  heads.stop();
  assert.deepEqual(said(), [4n, 5n]);
});

test('a minute after it grew, and no sooner; never when it did not grow', (t) => {
  const { heads, state, said, pass } = headLog(t);
  pass(3 * AUDIT_HEAD_LOG_TICKS);
  assert.deepEqual(said(), [4n]);
  state.sequence = 6n;
  pass(1);
  assert.deepEqual(said(), [4n, 6n]);
  state.sequence = 7n;
  pass(AUDIT_HEAD_LOG_TICKS - 1);
  assert.deepEqual(said(), [4n, 6n]);
  pass(1);
  assert.deepEqual(said(), [4n, 6n, 7n]);
  heads.stop();
});

test('at once after many rows', (t) => {
  const { heads, state, said, pass } = headLog(t);
  state.sequence += AUDIT_HEAD_LOG_ROWS - 1n;
  pass(1);
  assert.deepEqual(said(), [4n]);
  state.sequence += 1n;
  pass(1);
  assert.deepEqual(said(), [4n, 4n + AUDIT_HEAD_LOG_ROWS]);
  heads.stop();
});
