import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { MemberMonitor } from './member-monitor.ts';

const PEER = toMemberIndex(1);
const monitorOf = () =>
  new MemberMonitor(
    memoryLogger(),
    (member) => `m${member}`,
    () => 0,
  );

test('the first reason of a halt counts, with its cause, and listeners hear of it once', () => {
  const monitor = monitorOf();
  let heard = 0;
  monitor.onHalt(() => {
    heard += 1;
  });
  assert.equal(monitor.haltReason, '');
  monitor.halted('a bad page', undefined, 'store');
  monitor.halted('a consequence');
  assert.deepEqual([monitor.haltReason, monitor.haltCause, heard], ['a bad page', 'store', 1]);
});

test('a halt whose cause nobody named is another one', () => {
  const monitor = monitorOf();
  monitor.halted('who knows');
  assert.deepEqual([monitor.haltReason, monitor.haltCause], ['who knows', 'other']);
});

test('faults of peers are told by name and code, and what honest members do is none', () => {
  const monitor = monitorOf();
  monitor.refused(PEER, 'stale');
  monitor.refused(PEER, 'invalid', undefined, 'certificate with a false signature');
  monitor.noticed(PEER, 'too many reports of views that are over');
  monitor.noticed(PEER, 'more than its share of a second');
  assert.deepEqual(monitor.peerFaults(), [
    { peer: 'm1', topic: 'FORGED_QC', count: 1 },
    { peer: 'm1', topic: 'TIMEOUT_SPAM', count: 1 },
  ]);
});
