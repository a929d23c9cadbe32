import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { PromMetrics } from '#libs/metrics/prom-metrics.ts';
import { SignerError } from '../words/errors.ts';
import { followSigner } from './follow-signer.ts';
import { signerMetrics } from './signer-metrics.ts';

const ANSWER = { signature: new Uint8Array(), repeatedSignature: false };
const refusal = (code: 'SIGNER_NOT_ALLOWED' | 'SIGNER_UNAVAILABLE') => new SignerError('no', { code });

test('P2P-94 the signer counts what it signs by kind, and passes on what fails', async () => {
  const metrics = new MemoryMetrics();
  const meter = signerMetrics(metrics);
  const answer = { ...ANSWER, timing: undefined };
  assert.equal(await meter.signed('prepare', async () => answer), answer);
  await assert.rejects(
    meter.signed('commit', () => Promise.reject(new Error('bug'))),
    /bug/,
  );
  assert.equal(metrics.value('btcfed_signer_signatures_total', { kind: 'prepare' }), 1);
  assert.equal(metrics.value('btcfed_signer_signatures_total', { kind: 'commit' }), 0);
  assert.equal(metrics.observations('btcfed_signer_sign_seconds').length, 1);
});

test('P2P-94 the signer counts what it refuses by code; a conflict and a fenced session have metrics of their own', () => {
  const metrics = new MemoryMetrics();
  const meter = signerMetrics(metrics);
  const about = { view: 1n, kind: 'commit', signed: undefined, markView: undefined, provenView: 0n };
  meter.refused(refusal('SIGNER_NOT_ALLOWED'));
  meter.refused(new Error('bug'));
  meter.refused(new SignerError('no', { code: 'SIGNER_FAULT_DETECTED' }));
  meter.refused(new SignerError('no', { code: 'SIGNER_CONFLICTING_SLOT', ...about }));
  meter.refused(new SignerError('no', { code: 'SIGNER_SESSION_FENCED', ...about }));
  meter.refused(new SignerError('no', { code: 'SIGNER_SESSION_FENCED', ...about }));
  const counted = (code: string) => metrics.value('btcfed_signer_refusals_total', { code });
  assert.deepEqual([counted('SIGNER_NOT_ALLOWED'), counted('INTERNAL')], [1, 1]);
  assert.deepEqual([counted('SIGNER_CONFLICTING_SLOT'), counted('SIGNER_SESSION_FENCED')], [1, 2]);
  assert.equal(metrics.value('btcfed_signer_fault_detected_total'), 1);
  assert.equal(metrics.value('btcfed_signer_conflicts_total'), 1);
  assert.equal(metrics.value('btcfed_signer_fenced_total'), 2);
});

test('where the time of a signature went is told in seconds, of those that were made now', async () => {
  const metrics = new MemoryMetrics();
  const meter = signerMetrics(metrics);
  const timing = { waitMicros: 1_500_000n, recordMicros: 300n, signMicros: 600_000n };
  await meter.signed('commit', async () => ({ ...ANSWER, timing }));
  await meter.signed('commit', async () => ({ ...ANSWER, repeatedSignature: true, timing: undefined }));
  const seen = (name: string) => metrics.observations(`btcfed_signer_${name}_seconds`);
  assert.deepEqual([seen('queue_wait'), seen('record'), seen('bare_signature')], [[1.5], [0.0003], [0.6]]);
});

test('what pages is shown as 0 before it ever happened: an increase from nothing would not be noticed', async () => {
  const metrics = new PromMetrics({ service: 'signer' });
  signerMetrics(metrics);
  const { body } = await metrics.text();
  for (const name of ['conflicts', 'fenced', 'fault_detected'])
    assert.match(body, new RegExp(`^btcfed_signer_${name}_total{service="signer"} 0$`, 'm'));
});

test('a scrape shows how far the key is, and that it does not sign when it is locked, retired or silent', async () => {
  const metrics = new MemoryMetrics();
  const views = { lastView: 9n, lockView: 7n, provenView: 8n, session: 2n, startCount: 5n };
  const verifier = { verified: 4n, cached: 3n, refused: 2n, remembered: 6n };
  const facts = { ...views, verifier, mode: 'active', locked: false };
  let answer = () => Promise.resolve({ ...facts, auditHead: undefined });
  followSigner(metrics, () => answer());
  const shown = async (...names: readonly string[]): Promise<readonly unknown[]> => {
    await metrics.scrape();
    return names.map((name) => metrics.value(`btcfed_signer_${name}`));
  };
  assert.deepEqual(
    await shown('mark_view', 'lock_view', 'proven_view', 'sessions', 'signing_info'),
    [9, 7, 8, 2, 1],
  );
  assert.deepEqual(await shown('starts', 'cached_signatures'), [5, 6]);
  const counted = ['verified', 'cached', 'refused'].map((result) =>
    metrics.value('btcfed_signer_shown_signatures_total', { result }),
  );
  assert.deepEqual(counted, [4, 3, 2]);
  for (const change of [{ locked: true }, { mode: 'quarantined' }, { mode: 'retired' }]) {
    answer = () => Promise.resolve({ ...facts, ...change, auditHead: undefined });
    assert.deepEqual(await shown('signing_info'), [0]);
  }
  answer = () => Promise.resolve({ ...facts, auditHead: undefined });
  assert.deepEqual(await shown('signing_info'), [1]);
  answer = () => Promise.reject(new Error('the core is gone'));
  assert.deepEqual(await shown('signing_info', 'mark_view'), [0, 9]);
});
