import { concatBytes } from './bytes.ts';

/** Bytes of a message that may stay in memory with a part of it that is kept, beside the part itself. */
export const BESIDE_BYTES_MAX = 4_096;

/**
 * A part of a message that keeps no large message alive: bytes as they are decoded are a view of all bytes that they came with. The part itself
 * while little stands beside it, else a copy; `slice` would be none, because that of a Buffer is a view too.
 * @param togetherBytes - Of all parts that are kept together with it, perhaps of one message; its own when left out.
 */
export function compactBytes(part: Uint8Array, togetherBytes: number = part.length): Uint8Array {
  return part.buffer.byteLength <= togetherBytes + BESIDE_BYTES_MAX ? part : new Uint8Array(part);
}

/** The same of parts of one message that are kept and forgotten together: copies, where they are needed, share one buffer. */
export function compactTogether(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const sizeBytes = parts.reduce((sum, { length }) => sum + length, 0);
  if (parts.every(({ buffer }) => buffer.byteLength <= sizeBytes + BESIDE_BYTES_MAX)) return parts;
  const whole = concatBytes(parts);
  let offset = 0;
  return parts.map(({ length }) => {
    offset += length;
    return whole.subarray(offset - length, offset);
  });
}
