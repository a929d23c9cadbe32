import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { schemeByName } from './scheme.ts';

const WARM_UP = 50;
const ROUNDS = 200;
const GROWTH_MAX = 0.2;
const GROWTH_BYTES_MAX = 8 * 1024 * 1024;
/** A leak grows in each measurement; the runtime's own memory does not. */
const MEASUREMENTS_MAX = 3;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes in use by JavaScript, in its heap and outside of it. */
function inUse(): number {
  collect();
  // Objects that the first collection releases hold their bytes until the second.
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('F-64: SIG-14 two hundred rounds of making a key, signing and verifying leave no memory behind, not even one signature each', async () => {
  const scheme = schemeByName('slh-dsa-sha2-128f', { backend: 'native' });
  const message = Buffer.from('round', 'utf8');
  const round = async (): Promise<void> => {
    const { publicKey, secretKey } = await scheme.generate();
    assert.equal(await scheme.verify(publicKey, message, await scheme.sign(secretKey, message)), true);
  };
  for (let i = 0; i < WARM_UP; i++) await round();
  const residentStart = process.memoryUsage.rss();
  const grown: number[] = [];
  // Far below what the row lets pass: a signature that each round leaves behind is 3.4 MB in 200 rounds.
  const signatures = (ROUNDS * scheme.sizes.signature) / 4;
  for (let least = Number.POSITIVE_INFINITY; least > signatures && grown.length < MEASUREMENTS_MAX; ) {
    const before = inUse();
    for (let i = 0; i < ROUNDS; i++) await round();
    grown.push(inUse() - before);
    least = Math.min(...grown);
    assert.ok(least < GROWTH_MAX * before || least < GROWTH_BYTES_MAX, `${least} bytes more than ${before}`);
  }
  assert.ok(Math.min(...grown) <= signatures, `${grown} bytes`);
  // OpenSSL's memory is in neither number, so the memory of the whole process is measured.
  const resident = process.memoryUsage.rss() - residentStart;
  const limit = Math.max(GROWTH_MAX * residentStart, GROWTH_BYTES_MAX);
  assert.ok(resident < limit, `${resident} bytes more than ${residentStart}`);
});

test('SIG-17 the runtime that the project brings has OpenSSL 3.5 or later', () => {
  const [major = 0, minor = 0] = (process.versions.openssl ?? '').split('.').map(Number);
  assert.ok(major > 3 || (major === 3 && minor >= 5), process.versions.openssl);
});
