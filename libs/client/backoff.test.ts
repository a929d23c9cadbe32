import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RemoteError } from '#libs/grpc/client.ts';
import { Backoff, mayPass } from './backoff.ts';

const LIMITS = { backoffMsMin: 100, backoffMsMax: 1_000 };
const waits = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.nextMs());

describe('the wait before another try', () => {
  test('F-24: doubles up to a bound, and begins anew once something came', () => {
    const backoff = new Backoff(LIMITS, () => 1);
    assert.deepEqual(waits(backoff, 6), [100, 200, 400, 800, 1_000, 1_000]);
    backoff.reset();
    assert.equal(backoff.nextMs(), 100);
  });

  test('F-24: is drawn for each caller, so that those refused together do not come back together', () => {
    const least = new Backoff(LIMITS, () => 0);
    assert.deepEqual(waits(least, 3), [50, 100, 200]);
    const firsts = new Set(Array.from({ length: 20 }, () => new Backoff(LIMITS).nextMs()));
    assert.ok(firsts.size > 10);
  });
});

test('F-24: a stream that was reset, and a refusal for want of room, may pass; a wrong request does not', () => {
  const refused = (status: string) =>
    new RemoteError('refused', { code: 'REMOTE_CALL_FAILED', method: 'Say', status });
  for (const status of ['INTERNAL', 'RESOURCE_EXHAUSTED', 'UNAVAILABLE']) assert.ok(mayPass(refused(status)));
  for (const status of ['INVALID_ARGUMENT', 'DATA_LOSS', 'DEADLINE_EXCEEDED', 'UNAUTHENTICATED']) {
    assert.ok(!mayPass(refused(status)), status);
  }
  assert.ok(!mayPass(new Error('ours')));
});
