import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PublicKeys } from './public-keys.ts';
import { schemeByName } from './scheme.ts';

const NAME = 'slh-dsa-sha2-128f';
const keyOf = (byte: number) => new Uint8Array(32).fill(byte);
const bytesOf = (keys: PublicKeys, key: Uint8Array) =>
  new Uint8Array(keys.get(key).export({ format: 'raw-public' }));

describe('public keys', () => {
  test('are made once, and each has the bytes that were asked for', () => {
    const keys = new PublicKeys(NAME, 4);
    const first = keys.get(keyOf(1));
    assert.equal(keys.get(keyOf(1)), first);
    assert.deepEqual(bytesOf(keys, keyOf(1)), keyOf(1));
    assert.deepEqual(bytesOf(keys, keyOf(2)), keyOf(2));
    const last = keyOf(1);
    last[31] = 0xff;
    assert.deepEqual(bytesOf(keys, last), last, 'one byte makes another key');
    assert.equal(keys.size, 3);
  });

  test('stay what they are when the caller writes over the bytes that it asked with', () => {
    const keys = new PublicKeys(NAME, 4);
    const bytes = keyOf(7);
    const key = keys.get(bytes);
    bytes.fill(0);
    assert.deepEqual(new Uint8Array(key.export({ format: 'raw-public' })), keyOf(7));
    assert.notEqual(keys.get(bytes), key);
    assert.equal(keys.get(keyOf(7)), key);
  });

  test('are forgotten beyond the capacity, the one that was asked for longest ago first', () => {
    const keys = new PublicKeys(NAME, 2);
    const [first, second] = [keys.get(keyOf(1)), keys.get(keyOf(2))];
    assert.equal(keys.get(keyOf(1)), first);
    keys.get(keyOf(3));
    assert.equal(keys.size, 2);
    assert.equal(keys.get(keyOf(1)), first, 'it was used after the second');
    assert.notEqual(keys.get(keyOf(2)), second);
  });

  test('have a capacity', () => {
    assert.throws(() => new PublicKeys(NAME, 0), /capacity must be positive/);
  });
});

test('a scheme verifies by the key that it is asked about, however often and in whatever order keys are asked about', async () => {
  const scheme = schemeByName(NAME, { backend: 'native' });
  const message = Buffer.from('which key', 'utf8');
  const pairs = await Promise.all([scheme.generate(), scheme.generate()]);
  const signatures = await Promise.all(pairs.map(({ secretKey }) => scheme.sign(secretKey, message)));
  for (const _ of [1, 2]) {
    for (const [index, { publicKey }] of pairs.entries()) {
      const verdicts = await Promise.all(signatures.map((each) => scheme.verify(publicKey, message, each)));
      assert.deepEqual(verdicts, [index === 0, index === 1]);
    }
  }
});
