import { toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';

const ID_BYTES = 8;

/** Short name of a key for people and files: the first bytes of SHA-256 of its public key, hex. Proves nothing. */
export function keyId(publicKey: Uint8Array): string {
  return toHex(sha256(publicKey).subarray(0, ID_BYTES));
}
