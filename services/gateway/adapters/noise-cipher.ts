import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { Uint8ArrayList } from 'uint8arraylist';
import { joinSmall } from '../frames/rules/join-small.ts';

const ALGORITHM = 'chacha20-poly1305';
const TAG_BYTES = 16;

/** Bytes in one view or several, as libp2p hands them to its cipher. */
type Bytes = Uint8Array | Uint8ArrayList;

/** The cipher as libp2p's Noise asks for it; the tag stands behind the bytes. */
export interface NoiseCipher {
  encrypt(plaintext: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array): Bytes;
  /** @throws Error when bytes, tag, nonce and key do not belong together. */
  decrypt(ciphertext: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array): Bytes;
}

/**
 * ChaCha20-Poly1305 by Node, as libp2p uses it for messages of some size, with two differences: Node's own form of each key is made
 * once, not for each message, which takes twice as long as encrypting 2 KB; and small views go through the cipher together.
 */
export function noiseCipher(): NoiseCipher {
  const keys = new WeakMap<Uint8Array, KeyObject>();
  const keyOf = (bytes: Uint8Array): KeyObject => {
    const known = keys.get(bytes) ?? createSecretKey(bytes);
    keys.set(bytes, known);
    return known;
  };
  return {
    encrypt: (plaintext, nonce, ad, key) => {
      const cipher = createCipheriv(ALGORITHM, keyOf(key), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(ad, { plaintextLength: plaintext.byteLength });
      const encrypted = joinSmall(viewsOf(plaintext)).map((view) => cipher.update(view));
      cipher.final();
      return new Uint8ArrayList(...encrypted, cipher.getAuthTag());
    },
    decrypt: (ciphertext, nonce, ad, key) => {
      const textBytes = ciphertext.byteLength - TAG_BYTES;
      if (textBytes < 0) throw new Error('a message of Noise is shorter than its tag');
      const decipher = createDecipheriv(ALGORITHM, keyOf(key), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(ad, { plaintextLength: textBytes });
      decipher.setAuthTag(ciphertext.subarray(textBytes));
      const decrypted = viewsOf(ciphertext, textBytes).map((view) => decipher.update(view));
      decipher.final();
      return new Uint8ArrayList(...decrypted);
    },
  };
}

/** The first bytes, where they lie. */
function viewsOf(bytes: Bytes, sizeBytes = bytes.byteLength): readonly Uint8Array[] {
  return bytes instanceof Uint8Array ? [bytes.subarray(0, sizeBytes)] : [...bytes.sublist(0, sizeBytes)];
}
