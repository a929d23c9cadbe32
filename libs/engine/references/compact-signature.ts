import { compactBytes } from '#libs/bytes/compact-bytes.ts';
import { type KeySignature, keySignatureOf } from '#libs/protocol/signed.ts';

/**
 * A signature that keeps no large message alive, whatever it was read from.
 * @param sizeBytes - Of all signatures that are kept together, perhaps of one message; its own when left out.
 */
export function compactSignature(signed: KeySignature, sizeBytes?: number): KeySignature {
  const own = keySignatureOf(signed);
  return { ...own, signature: compactBytes(own.signature, sizeBytes) };
}
