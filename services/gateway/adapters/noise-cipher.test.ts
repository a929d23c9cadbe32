import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Uint8ArrayList } from 'uint8arraylist';
import { noiseCipher } from './noise-cipher.ts';

const KEY = new Uint8Array(randomBytes(32));
const NONCE = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
const NO_DATA = new Uint8Array(0);

/** ChaCha20-Poly1305 in one piece with a key as it is given. */
function plainCipher(text: Uint8Array, ad: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', KEY, NONCE, { authTagLength: 16 });
  cipher.setAAD(ad, { plaintextLength: text.length });
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.uint8Array({ minLength: 3_900, maxLength: 9_000 }),
);

describe('the cipher of Noise', () => {
  test('encrypts views of any sizes as one text, and decrypts it however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(bytes, { maxLength: 5 }),
        fc.uint8Array({ maxLength: 32 }),
        fc.nat(),
        (views, ad, cut) => {
          const cipher = noiseCipher();
          const text = Buffer.concat(views);
          const sealed = cipher.encrypt(new Uint8ArrayList(...views), NONCE, ad, KEY);
          assert.deepEqual(Buffer.from(sealed.subarray()), plainCipher(text, ad));
          const at = cut % (sealed.byteLength + 1);
          const pieces = new Uint8ArrayList(
            sealed.subarray().subarray(0, at),
            sealed.subarray().subarray(at),
          );
          for (const given of [pieces, sealed.subarray()]) {
            assert.equal(Buffer.compare(cipher.decrypt(given, NONCE, ad, KEY).subarray(), text), 0);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('tells keys apart, also two of the same cipher', () => {
    const cipher = noiseCipher();
    const other = KEY.map((byte) => byte ^ 1);
    const [mine, theirs] = [KEY, other].map((key) =>
      cipher.encrypt(new Uint8Array(2_000), NONCE, NO_DATA, key),
    );
    assert.ok(mine !== undefined && theirs !== undefined);
    assert.notDeepEqual(mine.subarray(), theirs.subarray());
    assert.throws(() => cipher.decrypt(mine, NONCE, NO_DATA, other));
    assert.equal(cipher.decrypt(theirs, NONCE, NO_DATA, other).byteLength, 2_000);
  });

  test('refuses bytes, tag, nonce and data of which one bit is another', () => {
    const cipher = noiseCipher();
    const sealed = cipher.encrypt(new Uint8Array(3_000), NONCE, Uint8Array.of(1), KEY).subarray();
    const changed = (at: number): Uint8Array => sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
    for (const at of [0, 2_999, 3_000, 3_015]) {
      assert.throws(() => cipher.decrypt(changed(at), NONCE, Uint8Array.of(1), KEY), `byte ${at}`);
    }
    assert.throws(() =>
      cipher.decrypt(
        sealed,
        NONCE.map((byte) => byte ^ 1),
        Uint8Array.of(1),
        KEY,
      ),
    );
    assert.throws(() => cipher.decrypt(sealed, NONCE, Uint8Array.of(2), KEY));
    assert.throws(() => cipher.decrypt(sealed.subarray(0, -1), NONCE, Uint8Array.of(1), KEY));
    assert.doesNotThrow(() => cipher.decrypt(sealed, NONCE, Uint8Array.of(1), KEY));
  });

  test('refuses a message that is shorter than its tag', () => {
    const cipher = noiseCipher();
    assert.throws(() => cipher.decrypt(new Uint8Array(15), NONCE, NO_DATA, KEY), /shorter than its tag/);
    assert.throws(() => cipher.decrypt(new Uint8ArrayList(), NONCE, NO_DATA, KEY), /shorter than its tag/);
  });
});
