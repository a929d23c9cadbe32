import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { SignerError } from '../core/errors.ts';
import { signerMetrics } from './signer-metrics.ts';

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
  assert.equal(metrics.observations('btcfed_signer_sign_seconds').length, 1);
});
