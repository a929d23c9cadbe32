import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { KEY_FORMATS, readSecretKey, secretKeyText } from './key-formats.ts';
import { SCHEME_SIZES, schemeNames } from './parameter-sets.ts';

const SCHEME = 'slh-dsa-sha2-128f';

/** Bytes of the right number; none of this looks inside. */
function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + 1) % 256);
}

describe('forms of a secret key', () => {
  for (const scheme of schemeNames()) {
    test(`SIG-04 ${scheme} comes back from every form, and OpenSSL reads and writes the same`, () => {
      const { privateKey } = generateKeyPairSync(scheme);
      const key = privateKey.export({ format: 'raw-private' });
      for (const format of KEY_FORMATS) {
        assert.deepEqual(
          Buffer.from(readSecretKey(scheme, Buffer.from(secretKeyText(scheme, key, format)))),
          key,
        );
      }
      assert.deepEqual(
        createPrivateKey(secretKeyText(scheme, key, 'pkcs8')).export({ format: 'raw-private' }),
        key,
      );
      const jwk = JSON.parse(secretKeyText(scheme, key, 'jwk'));
      assert.deepEqual(jwk, { ...privateKey.export({ format: 'jwk' }) });
      const der = privateKey.export({ format: 'der', type: 'pkcs8' });
      assert.deepEqual(Buffer.from(readSecretKey(scheme, der)), key);
      assert.deepEqual(Buffer.from(readSecretKey(scheme, key)), key);
    });
  }

  test('a seed is told apart by its size, and the JSON of keygen is read', () => {
    const seed = bytesOf(SCHEME_SIZES[SCHEME].seed);
    assert.deepEqual(readSecretKey(SCHEME, seed), seed);
    const secretKey = Buffer.from(bytesOf(SCHEME_SIZES[SCHEME].secretKey));
    const json = JSON.stringify({ scheme: SCHEME, secretKey: secretKey.toString('hex'), extra: 1 });
    assert.deepEqual(Buffer.from(readSecretKey(SCHEME, Buffer.from(json))), secretKey);
  });

  test('what is no key of this scheme is refused, and why, without a byte of it', () => {
    const other = secretKeyText('slh-dsa-shake-128f', bytesOf(64), 'pkcs8');
    const jwk = secretKeyText('slh-dsa-shake-128f', bytesOf(64), 'jwk');
    const refusals: readonly (readonly [string, RegExp])[] = [
      ['', /these are 0$/],
      ['ab', /has 64 bytes, its seed 48; these are 1$/],
      ['zz', /none of PKCS#8/],
      [other, /it is a key of slh-dsa-shake-128f, not of slh-dsa-sha2-128f/],
      [jwk, /it is a key of slh-dsa-shake-128f, not of slh-dsa-sha2-128f/],
      ['{"priv": 5}', /neither "priv" \(JWK\) nor "secretKey"/],
      ['{secret', /begins like JSON and is none$/],
      [other.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), /it is PEM of "ENCRYPTED PRIVATE KEY"/],
    ];
    for (const [content, reason] of refusals) {
      const detail = { code: 'CRYPTO_KEY_UNREADABLE' };
      assert.throws(() => readSecretKey(SCHEME, Buffer.from(content)), { message: reason, detail });
    }
  });
});
