import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { CryptoError } from './errors.ts';
import type { KeyPair } from './signature-scheme.ts';
import { checkSize } from './sizes.ts';

/** Sizes in bytes. The private key is laid out as in Go: seed ‖ public key. */
const ED25519_SIZES = { seed: 32, publicKey: 32, secretKey: 64, signature: 64 } as const;

/** A new Ed25519 key pair (RFC 8032). */
export function generateEd25519(): KeyPair {
  return ed25519FromSeed(randomBytes(ED25519_SIZES.seed));
}

/** The key pair of a seed of 32 bytes: same seed, same keys. */
export function ed25519FromSeed(seed: Uint8Array): KeyPair {
  checkSize('seed', seed, ED25519_SIZES.seed);
  const publicKey = createPublicKey(seedObject(seed)).export({ format: 'raw-public' });
  return {
    publicKey: new Uint8Array(publicKey),
    secretKey: new Uint8Array(Buffer.concat([seed, publicKey])),
  };
}

/**
 * The public half of a private key in Go layout.
 * @throws CryptoError `CRYPTO_KEY_MISMATCH` when that half is not the one of its seed.
 */
export function ed25519PublicKey(secretKey: Uint8Array): Uint8Array {
  checkSize('secret key', secretKey, ED25519_SIZES.secretKey);
  const { publicKey } = ed25519FromSeed(secretKey.subarray(0, ED25519_SIZES.seed));
  if (equalBytes(publicKey, secretKey.subarray(ED25519_SIZES.seed))) return publicKey;
  throw new CryptoError('the private key holds the public key of another', { code: 'CRYPTO_KEY_MISMATCH' });
}

/** Signs with a private key in Go layout: 40 µs. The empty message is a message here (RFC 8032, test 1). */
export function ed25519Sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array {
  ed25519PublicKey(secretKey);
  return new Uint8Array(sign(null, message, seedObject(secretKey.subarray(0, ED25519_SIZES.seed))));
}

/** Whether the signature is one of this message by this key; false for a key or signature of another size. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== ED25519_SIZES.publicKey || signature.length !== ED25519_SIZES.signature)
    return false;
  const key = createPublicKey({
    key: Buffer.from(publicKey),
    format: 'raw-public',
    asymmetricKeyType: 'ed25519',
  });
  return verify(null, message, key, signature);
}

function seedObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(seed), format: 'raw-private', asymmetricKeyType: 'ed25519' });
}
