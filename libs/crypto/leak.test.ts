import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { schemeByName } from './scheme.ts';

const WARM_UP = 50;
const ROUNDS = 200;
const GROWTH_MAX = 0.2;
const GROWTH_BYTES_MAX = 8 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes in use by JavaScript and by what it holds outside of its heap. */
function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('SIG-14 two hundred rounds of making a key, signing and verifying leave no memory behind', async () => {
  const scheme = schemeByName('slh-dsa-sha2-128f', { backend: 'native' });
  const message = Buffer.from('round', 'utf8');
  const round = async (): Promise<void> => {
    const { publicKey, secretKey } = await scheme.generate();
    assert.equal(await scheme.verify(publicKey, message, await scheme.sign(secretKey, message)), true);
  };
  for (let i = 0; i < WARM_UP; i++) await round();
  const [before, residentBefore] = [inUse(), process.memoryUsage.rss()];
  for (let i = 0; i < ROUNDS; i++) await round();
  const grown = inUse() - before;
  assert.ok(grown < GROWTH_MAX * before || grown < GROWTH_BYTES_MAX, `${grown} bytes more than ${before}`);
  // What OpenSSL holds is in neither number: all that the process has.
  const resident = process.memoryUsage.rss() - residentBefore;
  const limit = Math.max(GROWTH_MAX * residentBefore, GROWTH_BYTES_MAX);
  assert.ok(resident < limit, `${resident} bytes more than ${residentBefore}`);
});

test('SIG-17 the runtime that the project brings has OpenSSL 3.5 or later', () => {
  const [major = 0, minor = 0] = (process.versions.openssl ?? '').split('.').map(Number);
  assert.ok(major > 3 || (major === 3 && minor >= 5), process.versions.openssl);
});
