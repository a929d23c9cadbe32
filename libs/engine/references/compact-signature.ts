import { type KeySignature, keySignatureOf } from '#libs/protocol/signed.ts';

/** Bytes of a message that signatures which are kept may keep in memory, beside their own. */
const BESIDE_BYTES_MAX = 4_096;

/**
 * A signature that keeps no large message alive: a signature as it is read is a view of all bytes that it came with.
 * @param sizeBytes - Of all signatures that are kept together, perhaps of one message; its own when left out.
 */
export function compactSignature(
  signed: KeySignature,
  sizeBytes: number = signed.signature.length,
): KeySignature {
  const own = keySignatureOf(signed);
  const { signature } = own;
  const isCompact = signature.buffer.byteLength <= sizeBytes + BESIDE_BYTES_MAX;
  return isCompact ? own : { ...own, signature: signature.slice() };
}
