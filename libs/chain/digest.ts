import { sha256Hex } from '../bytes/sha256.ts';
import type { Digest } from './ids.ts';

/** SHA-256 of `bytes`. Not looked at again, as `toDigest` looks at what came from outside: a hash function gives no other digits. */
export function digestOf(bytes: Uint8Array): Digest {
  return sha256Hex(bytes) as Digest;
}
