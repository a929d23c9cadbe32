import fc from 'fast-check';

/** Lengths that parsers trip over: none, one, and around the sizes of their buffers and prefixes. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 127, 128, 255, 256, 4_095, 65_535, 0x7fff_ffff, 0xffff_ffff] as const;

const RANDOM_BYTES_MAX = 512;

/** Messages that a hostile peer may send, made from one valid message. */
export function hostileBytes(honest: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.uint8Array({ maxLength: RANDOM_BYTES_MAX }),
    flipped(honest),
    fc.nat({ max: honest.length }).map((end) => honest.subarray(0, end)),
    fc.uint8Array({ maxLength: 16 }).map((tail) => Buffer.concat([honest, tail])),
    wrongLength(honest),
    hugeVarint(honest),
  );
}

/** A frame of the federation: four bytes of length, then the payload. */
export function framed(payload: Uint8Array, announced: number = payload.length): Uint8Array {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(announced);
  frame.set(payload, 4);
  return frame;
}

function flipped(honest: Uint8Array): fc.Arbitrary<Uint8Array> {
  if (honest.length === 0) return fc.constant(Uint8Array.of(0xff));
  const bit = fc.nat({ max: honest.length * 8 - 1 });
  return fc.array(bit, { minLength: 1, maxLength: 8 }).map((bits) => {
    const bytes = Buffer.from(honest);
    for (const at of bits) bytes.writeUInt8(bytes.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
    return bytes;
  });
}

function wrongLength(honest: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.constantFrom(...LENGTHS).map((announced) => framed(honest, announced));
}

/** A field of Protobuf that announces more than there is: tag, then up to ten bytes of length. */
function hugeVarint(honest: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.nat({ max: 255 }), fc.nat({ max: 10 })).map(([tag, size]) => {
    return Buffer.concat([Uint8Array.of(tag), Buffer.alloc(size, 0xff), Uint8Array.of(0x7f), honest]);
  });
}
