import { sha256Hex } from '#libs/bytes/sha256.ts';
import type { Digest } from './ids.ts';

/**
 * SHA-256 of `bytes`. The result is not checked, unlike digits from outside in `toDigest`: a hash function gives no
 * others.
 */
export function digestOf(bytes: Uint8Array): Digest {
  return sha256Hex(bytes) as Digest;
}
