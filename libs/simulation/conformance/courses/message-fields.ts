/** A field of a message in the wire format of protocol buffers: a number, or bytes that may be fields themselves. */
export interface MessageField {
  readonly number: bigint;
  readonly value: bigint | Uint8Array;
}

const VARINT = 0n;
const LENGTH = 2n;
const VARINT_BYTES_MAX = 10;

/** The fields of a message; undefined when these bytes are none, or have fields of fixed size, which no contract here has. */
export function readFields(bytes: Uint8Array): readonly MessageField[] | undefined {
  const fields: MessageField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const read = readField(bytes, at);
    if (read === undefined) return undefined;
    fields.push(read.field);
    at = read.end;
  }
  return fields.length === 0 ? undefined : fields;
}

function readField(
  bytes: Uint8Array,
  at: number,
): { readonly field: MessageField; readonly end: number } | undefined {
  const tag = readVarint(bytes, at);
  const first = tag && readVarint(bytes, tag.end);
  if (tag === undefined || first === undefined || tag.value < 8n) return undefined;
  const [number, type] = [tag.value >> 3n, tag.value & 7n];
  if (type === VARINT) return { field: { number, value: first.value }, end: first.end };
  const end = first.end + Number(first.value);
  if (type !== LENGTH || end > bytes.length) return undefined;
  return { field: { number, value: bytes.slice(first.end, end) }, end };
}

export function writeFields(fields: readonly MessageField[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(({ number, value }) => {
      const isNumber = typeof value === 'bigint';
      const tag = varint((number << 3n) | (isNumber ? VARINT : LENGTH));
      return isNumber ? [...tag, ...varint(value)] : [...tag, ...varint(BigInt(value.length)), ...value];
    }),
  );
}

function readVarint(
  bytes: Uint8Array,
  from: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let at = from; at < bytes.length && at < from + VARINT_BYTES_MAX; at++) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 127) << BigInt(7 * (at - from));
    if (byte < 128) return { value, end: at + 1 };
  }
  return undefined;
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}
