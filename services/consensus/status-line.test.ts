import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import type { MemberStatus } from './core/ports.ts';
import { StatusLine } from './status-line.ts';

test('F-45 one line tells how the member is', () => {
  const whole = memoryMember().status;
  const said = (change: Partial<MemberStatus>): unknown => {
    const log = memoryLogger();
    new StatusLine({ status: () => ({ ...whole, ...change }), finalHeight: () => 5n, log }).say();
    return log.lines[0]?.fields['status'];
  };
  assert.equal(said({}), 'active, height 5, 3 peers');
  const quorum = { ...whole.quorum, reachable: 1, reachableWeight: 1n, away: ['beta'] };
  assert.equal(
    said({ quorum, connectedPeers: 0 }),
    'no quorum, height 5, 0 peers: 1 of 4 members reachable, 3 needed; away: beta',
  );
  assert.equal(said({ signerFault: 'locked' }), 'follows without votes, height 5, 3 peers: locked');
  assert.equal(
    said({ mode: 'catching-up', targetHeight: toHeight(90n) }),
    'catching up to height 90, height 5, 3 peers',
  );
  assert.equal(said({ mode: 'halted', haltReason: 'damage' }), 'halted, height 5, 3 peers: damage');
});
