import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { anyMessage } from '#test/support/consensus/peer-messages.ts';
import { classOf } from './traffic-class.ts';

/**
 * The kinds of messages by their class: deciding messages go first, help for one member next, and content that waits
 * for a block anyway last.
 */
const FIRST = ['proposal', 'certificate', 'vote', 'timeout', 'timeout-certificate', 'new-view', 'decided'];
const LAST = ['transactions'];

test('HS-59 TW-2.7.4 every message of the protocol goes before evidence and sync, and these before transactions', () => {
  for (const [kind, message] of Object.entries(anyMessage)) {
    const after = LAST.includes(kind) ? TrafficClass.TRANSACTION : TrafficClass.SYNC;
    const wanted = FIRST.includes(kind) ? TrafficClass.CONSENSUS : after;
    for (const body of fc.sample(message, 3)) assert.equal(classOf(body), wanted, kind);
  }
  assert.ok([...FIRST, ...LAST].every((kind) => kind in anyMessage));
});
