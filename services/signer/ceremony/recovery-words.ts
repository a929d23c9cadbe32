import { Encoder } from '#libs/bytes/encoder.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';

/** The key that comes back, and the nonce that was drawn for it after its record was lost. */
export interface RecoveryFacts {
  readonly chain: Digest;
  readonly publicKey: Uint8Array;
  readonly nonce: Digest;
}

/** The operator's assertion, typed word for word: no program can check it. */
export const RECOVERY_CONFIRMATION = 'every other copy of this key is destroyed';

/** The transaction that carries the nonce into a block. */
export function recoveryTransaction(facts: RecoveryFacts): Uint8Array {
  return encoded('btcfed/recovery/v1', facts);
}

/** The bytes that the second person signs (Ed25519). */
export function approvalBytes(facts: RecoveryFacts): Uint8Array {
  return encoded('btcfed/recovery-approval/v1', facts);
}

function encoded(tag: string, { chain, publicKey, nonce }: RecoveryFacts): Uint8Array {
  return new Encoder()
    .text(tag)
    .fixed(digestBytes(chain), 32)
    .prefixed(publicKey)
    .fixed(digestBytes(nonce), 32)
    .finish();
}
