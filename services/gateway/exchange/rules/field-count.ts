const VARINT_BYTES_MAX = 10;
const LENGTH_DELIMITED = 2;

/** Bytes of the value behind a tag by its wire type; varints and values with a length have none. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/**
 * Whether a Protobuf message has more than `most` fields down to `depth` levels. Two bytes are enough for an
 * empty entry, and a decoder makes an object of each: half a million of them fit into a message of a megabyte
 * and cost a second. Counting costs a hundredth of that. The decoder judges bytes that are no message.
 */
export function hasMoreFields(message: Uint8Array, most: number, depth: number): boolean {
  let left = most;
  const walk = (start: number, end: number, level: number): void => {
    let field = fieldAt(message, start, end);
    while (field !== undefined && left >= 0) {
      left -= 1;
      if (field.isNested && level < depth) walk(field.start, field.end, level + 1);
      field = fieldAt(message, field.end, end);
    }
  };
  walk(0, message.length, 1);
  return left < 0;
}

interface Varint {
  readonly value: number;
  readonly end: number;
}

/** The position of the content of the field at `at`; undefined when there is none, or it does not fit. */
function fieldAt(message: Uint8Array, at: number, end: number) {
  const tag = varint(message, at, end);
  if (tag === undefined) return undefined;
  const type = tag.value & 7;
  const isNested = type === LENGTH_DELIMITED;
  const first = type === 0 || isNested ? varint(message, tag.end, end) : { value: 0, end: tag.end };
  if (first === undefined) return undefined;
  const size = isNested ? first.value : (FIXED_BYTES[type] ?? (type === 0 ? 0 : Number.POSITIVE_INFINITY));
  return first.end + size > end ? undefined : { isNested, start: first.end, end: first.end + size };
}

/** Exact up to 2^53, which is far above every length that fits. */
function varint(message: Uint8Array, at: number, end: number): Varint | undefined {
  let value = 0;
  for (let index = 0; index < VARINT_BYTES_MAX && at + index < end; index++) {
    const byte = message[at + index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return undefined;
}
