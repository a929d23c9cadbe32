import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { SignerError } from '../core/errors.ts';
import { followSigner, signerMetrics } from './signer-metrics.ts';

test('P2P-94 the signer counts what it signs by kind, and what it refuses by code, and passes both on', async () => {
  const metrics = new MemoryMetrics();
  const meter = signerMetrics(metrics);
  assert.equal(await meter.measure('prepare', async () => 'signature'), 'signature');
  const refusal = new SignerError('no', { code: 'SIGNER_NOT_ALLOWED' });
  await assert.rejects(
    meter.measure('prepare', () => Promise.reject(refusal)),
    refusal,
  );
  await assert.rejects(
    meter.measure('commit', () => Promise.reject(new Error('bug'))),
    /bug/,
  );
  assert.equal(metrics.value('btcfed_signer_signatures_total', { kind: 'prepare' }), 1);
  assert.equal(metrics.value('btcfed_signer_signatures_total', { kind: 'commit' }), 0);
  assert.equal(metrics.value('btcfed_signer_refusals_total', { code: 'SIGNER_NOT_ALLOWED' }), 1);
  assert.equal(metrics.value('btcfed_signer_refusals_total', { code: 'INTERNAL' }), 1);
  assert.equal(metrics.value('btcfed_signer_fault_detected_total'), 0);
  const fault = new SignerError('no', { code: 'SIGNER_FAULT_DETECTED' });
  await assert.rejects(
    meter.measure('commit', () => Promise.reject(fault)),
    fault,
  );
  assert.equal(metrics.value('btcfed_signer_fault_detected_total'), 1);
  assert.equal(metrics.observations('btcfed_signer_sign_seconds').length, 1);
});

test('a scrape shows how far the key is, and that it does not sign when it is locked, retired or silent', async () => {
  const metrics = new MemoryMetrics();
  const facts = { lastView: 9n, lockView: 7n, provenView: 8n, session: 2n, mode: 'active', locked: false };
  let answer = () => Promise.resolve({ ...facts, auditHead: undefined });
  followSigner(metrics, () => answer());
  const shown = async (...names: readonly string[]): Promise<readonly unknown[]> => {
    metrics.scrape();
    await setImmediate();
    return names.map((name) => metrics.value(`btcfed_signer_${name}`));
  };
  assert.deepEqual(
    await shown('mark_view', 'lock_view', 'proven_view', 'session_count', 'signing_info'),
    [9, 7, 8, 2, 1],
  );
  for (const change of [{ locked: true }, { mode: 'quarantined' }, { mode: 'retired' }]) {
    answer = () => Promise.resolve({ ...facts, ...change, auditHead: undefined });
    assert.deepEqual(await shown('signing_info'), [0]);
  }
  answer = () => Promise.resolve({ ...facts, auditHead: undefined });
  assert.deepEqual(await shown('signing_info'), [1]);
  answer = () => Promise.reject(new Error('the core is gone'));
  assert.deepEqual(await shown('signing_info', 'mark_view'), [0, 9]);
});
