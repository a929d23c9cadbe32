import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servicesOf } from './service-names.ts';

test('a member has all services; no gateway where consensus speaks to the others itself; and without a chain those that need none', () => {
  const all = ['config', 'signer', 'gateway', 'consensus'];
  assert.deepEqual(servicesOf({ hasChain: true }), all);
  assert.deepEqual(servicesOf({ hasChain: true, transport: 'libp2p' }), all);
  assert.deepEqual(servicesOf({ hasChain: true, transport: 'http-json' }), ['config', 'signer', 'consensus']);
  assert.deepEqual(servicesOf({ hasChain: false, transport: 'http-json' }), ['config', 'gateway']);
});
