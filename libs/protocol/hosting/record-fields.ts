import { assert } from '#libs/assert/assert.ts';
import { type Digest, toDigest } from '#libs/chain/ids.ts';

const NUMBER = /^(?:0|[1-9]\d{0,19})$/;
const U64_MAX = 2n ** 64n - 1n;
const DIGEST = /^[0-9a-f]{64}$/;

/** The fields of one JSON object of a stored record, read strictly: each once, by its type, and none left over. */
export class RecordFields {
  readonly #fields: Map<string, unknown>;
  readonly #place: string;

  /** @throws unless the value is an object. */
  private constructor(value: unknown, place: string) {
    assert(typeof value === 'object' && value !== null && !Array.isArray(value), `${place} is no object`);
    this.#fields = new Map(Object.entries(value));
    this.#place = place;
  }

  /** Reads an object whole. @throws when a field is missing, of another type, or not read by `read`. */
  static all<Result>(value: unknown, place: string, read: (fields: RecordFields) => Result): Result {
    const fields = new RecordFields(value, place);
    const result = read(fields);
    const [left] = fields.#fields.keys();
    assert(left === undefined, `${place} has a field ${left} that this version does not know`);
    return result;
  }

  /** A number of at most 64 bits, which JSON holds as decimal text. */
  number(name: string): bigint {
    const value = this.#take(name);
    assert(typeof value === 'string' && NUMBER.test(value), `${this.#place}.${name} is no number`);
    const number = BigInt(value);
    assert(number <= U64_MAX, `${this.#place}.${name} is above 64 bits`);
    return number;
  }

  digest(name: string): Digest {
    const value = this.#take(name);
    assert(typeof value === 'string' && DIGEST.test(value), `${this.#place}.${name} is no digest`);
    return toDigest(value);
  }

  /** The version of the form, a JSON number. @throws unless it is the one that is expected. */
  version(expected: number): void {
    assert(this.#take('version') === expected, `${this.#place} is not of version ${expected}`);
  }

  object<Result>(name: string, read: (fields: RecordFields) => Result): Result {
    return RecordFields.all(this.#take(name), `${this.#place}.${name}`, read);
  }

  /** Reads a field if it is there. */
  optional<Result>(name: string, read: (name: string) => Result): Result | undefined {
    return this.#fields.has(name) ? read(name) : undefined;
  }

  #take(name: string): unknown {
    const value = this.#fields.get(name);
    this.#fields.delete(name);
    return value;
  }
}
