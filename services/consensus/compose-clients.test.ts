import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { readinessOf } from './compose-clients.ts';

test('F-41 readiness of consensus names the gateway, and each condition of the member as it is now', () => {
  const member = memoryMember();
  const gateway = { isAttached: true };
  const checks = readinessOf({ status: () => member.status }, gateway);
  const faults = () => checks.flatMap(({ name, fault }) => (fault() === '' ? [] : [name]));
  assert.deepEqual(faults(), []);
  gateway.isAttached = false;
  const quorum = { ...member.status.quorum, reachable: 1, reachableWeight: 1n };
  member.status = { ...member.status, signerFault: 'the key is locked', quorum };
  assert.deepEqual(faults(), ['gateway', 'signer', 'quorum']);
});
