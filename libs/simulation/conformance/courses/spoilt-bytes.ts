import type { Prng } from '#libs/random/prng.ts';
import { type MessageField, readFields, writeFields } from './message-fields.ts';

/** Numbers at which counting goes wrong: bounds of words, and of what a double holds exactly. */
const EXTREMES = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

const BYTES_MAX = 4;

/**
 * A message with something wrong in it: some bytes changed, the end cut off or doubled; or, where the bytes are fields, one field at
 * any depth left out, doubled, emptied, prolonged or set to an extreme, with all lengths around it right.
 */
export function spoilt(bytes: Uint8Array, random: Prng): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random.int(0, 255));
  const fields = random.chance(0.7) ? readFields(bytes) : undefined;
  return fields === undefined ? spoiltBytes(bytes, random) : writeFields(spoiltFields(fields, random));
}

function spoiltBytes(bytes: Uint8Array, random: Prng): Uint8Array {
  const cut = random.int(0, bytes.length);
  if (random.chance(0.1)) return bytes.slice(0, cut);
  if (random.chance(0.1)) return Uint8Array.from([...bytes, ...bytes.slice(cut)]);
  const copy = Uint8Array.from(bytes);
  for (let left = random.int(1, BYTES_MAX); left > 0; left--)
    copy[random.int(0, copy.length - 1)] = random.int(0, 255);
  return copy;
}

function spoiltFields(fields: readonly MessageField[], random: Prng): readonly MessageField[] {
  const at = random.int(0, fields.length - 1);
  return fields.flatMap((field, place) => (place === at ? spoiltField(field, random) : [field]));
}

/** The fields in the place of one: none, the same twice, or the same with another value. */
function spoiltField(field: MessageField, random: Prng): readonly MessageField[] {
  const { value } = field;
  const inner = value instanceof Uint8Array && random.chance(0.8) ? readFields(value) : undefined;
  if (inner !== undefined) return [{ ...field, value: writeFields(spoiltFields(inner, random)) }];
  if (random.chance(0.15)) return [];
  if (random.chance(0.15)) return [field, field];
  if (value instanceof Uint8Array) return [{ ...field, value: spoiltValue(value, random) }];
  const near = [value + 1n, value === 0n ? value : value - 1n];
  return [{ ...field, value: random.pick(random.chance(0.3) ? near : EXTREMES) }];
}

function spoiltValue(value: Uint8Array, random: Prng): Uint8Array {
  const changed = value.length === 0 ? value : spoiltBytes(value, random);
  return random.pick([changed, changed, new Uint8Array(), Uint8Array.from([...value, ...value, 0])]);
}
