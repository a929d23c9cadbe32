import { toHex } from '#libs/bytes/hex.ts';
import { toCertifiedKeyDigest } from '#libs/chain/ids.ts';
import type { SignResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';

const DIGEST_BYTES = 32;

/** The signature in a reply of the signer, with its key. Whether that key may have signed is for the replica, which has the table. */
export function signatureAnswer({
  signature,
  key,
}: Pick<SignResponse, 'signature' | 'key'>): SignatureAnswer {
  if (key === undefined) return { kind: 'signed', signature };
  if (key.length === DIGEST_BYTES)
    return { kind: 'signed', signature, key: toCertifiedKeyDigest(toHex(key)) };
  const reason = `the signer names the key of its signature by ${key.length} bytes, and a digest has ${DIGEST_BYTES}: install the same version of both services`;
  return { kind: 'refused', reason };
}
