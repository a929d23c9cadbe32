import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ed25519FromSeed, ed25519PublicKey, ed25519Sign, ed25519Verify, generateEd25519 } from './ed25519.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

describe('Ed25519', () => {
  // RFC 8032, section 7.1, tests 1 and 2.
  for (const [seed, publicKey, message, signature] of [
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
  ] as const) {
    test(`signs ${JSON.stringify(message)} as RFC 8032 does`, () => {
      const pair = ed25519FromSeed(hex(seed));
      assert.deepEqual(pair.publicKey, hex(publicKey));
      assert.deepEqual(pair.secretKey, hex(seed + publicKey));
      assert.deepEqual(ed25519Sign(pair.secretKey, hex(message)), hex(signature));
      assert.ok(ed25519Verify(pair.publicKey, hex(message), hex(signature)));
    });
  }

  test('verifies its own signatures and no others', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat({ max: 511 }), (message, bit) => {
        const { publicKey, secretKey } = generateEd25519();
        const signature = ed25519Sign(secretKey, message);
        assert.ok(ed25519Verify(publicKey, message, signature));
        const index = Math.floor(bit / 8);
        signature[index] = (signature[index] ?? 0) ^ (1 << (bit % 8));
        assert.equal(ed25519Verify(publicKey, message, signature), false);
      }),
      { numRuns: 50 },
    );
  });

  test('finds the public key in a private key in Go layout', () => {
    const { publicKey, secretKey } = generateEd25519();
    assert.deepEqual(ed25519PublicKey(secretKey), publicKey);
  });

  test('refuses a private key that holds the public key of another, or has no 64 bytes', () => {
    const { secretKey } = generateEd25519();
    const mixed = new Uint8Array([...secretKey.subarray(0, 32), ...generateEd25519().publicKey]);
    assert.throws(() => ed25519PublicKey(mixed), { detail: { code: 'CRYPTO_KEY_MISMATCH' } });
    assert.throws(() => ed25519Sign(mixed, hex('00')), { detail: { code: 'CRYPTO_KEY_MISMATCH' } });
    assert.throws(() => ed25519Sign(secretKey.subarray(0, 32), hex('00')), { name: 'CryptoError' });
    assert.throws(() => ed25519FromSeed(new Uint8Array(31)), { name: 'CryptoError' });
  });

  test('calls keys and signatures of another size false', () => {
    const { publicKey, secretKey } = generateEd25519();
    const signature = ed25519Sign(secretKey, hex('00'));
    assert.equal(ed25519Verify(publicKey.subarray(1), hex('00'), signature), false);
    assert.equal(ed25519Verify(publicKey, hex('00'), signature.subarray(1)), false);
  });
});
