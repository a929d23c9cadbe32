import { type KeySignature, keySignatureOf } from '#libs/protocol/signed.ts';

/** Bytes of a message that a signature which is kept may keep in memory, beside its own. */
const BESIDE_BYTES_MAX = 4_096;

/** A signature that keeps no large message alive: one that is read is a view of all bytes that it came with. */
export function compactSignature(signed: KeySignature): KeySignature {
  const own = keySignatureOf(signed);
  const { signature } = own;
  const isCompact = signature.buffer.byteLength <= signature.length + BESIDE_BYTES_MAX;
  return isCompact ? own : { ...own, signature: signature.slice() };
}
