import { assert } from '#libs/assert/assert.ts';

const U64_MAX = 2n ** 64n - 1n;
const U32_MAX = 2 ** 32 - 1;
const U16_MAX = 2 ** 16 - 1;

/**
 * Builds canonical bytes: big-endian integers of fixed width, and everything of free length behind its
 * length, so that no two different values share an encoding.
 */
export class Encoder {
  readonly #parts: Uint8Array[] = [];

  u16(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= U16_MAX, `not a u16: ${value}`);
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(value);
    return this.fixed(bytes, 2);
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, `not a u32: ${value}`);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return this.fixed(bytes, 4);
  }

  u64(value: bigint): this {
    assert(value >= 0n && value <= U64_MAX, `not a u64: ${value}`);
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return this.fixed(bytes, 8);
  }

  /** Bytes whose length every reader knows. */
  fixed(bytes: Uint8Array, sizeBytes: number): this {
    assert(bytes.length === sizeBytes, `expected ${sizeBytes} bytes, got ${bytes.length}`);
    this.#parts.push(bytes);
    return this;
  }

  /** Bytes of any length, behind a u32 length. */
  prefixed(bytes: Uint8Array): this {
    this.u32(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  /** Text in UTF-8, behind a u32 length. */
  text(text: string): this {
    return this.prefixed(Buffer.from(text, 'utf8'));
  }

  finish(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }
}
