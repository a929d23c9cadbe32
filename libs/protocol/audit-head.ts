import { Encoder } from '#libs/bytes/encoder.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';

/** The end of a signer's audit log, as its audit key signed it (services/signer/README.md R11). */
export interface AuditHead {
  /** Rows ever written. */
  readonly sequence: bigint;
  /** Hash of the newest row, 32 bytes. */
  readonly hash: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
  /** The audit key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

const HEAD_TAG = 'btcfed/audit-head/v1';
export const AUDIT_HASH_BYTES = 32;

/** The bytes that the audit key signs for a head: tag, chain, consensus key, rows, hash. */
export function headBytes(
  owner: { readonly chain: Digest; readonly publicKey: Uint8Array },
  { sequence, hash }: Pick<AuditHead, 'sequence' | 'hash'>,
): Uint8Array {
  return new Encoder()
    .text(HEAD_TAG)
    .fixed(digestBytes(owner.chain), AUDIT_HASH_BYTES)
    .prefixed(owner.publicKey)
    .u64(sequence)
    .fixed(hash, AUDIT_HASH_BYTES)
    .finish();
}
