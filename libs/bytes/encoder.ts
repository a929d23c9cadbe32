import { assert } from '#libs/assert/assert.ts';

/** Room for most encodings, from Node's pool of small buffers. */
const ROOM_BYTES = 512;

const U64_MAX = 2n ** 64n - 1n;
const U32_MAX = 2 ** 32 - 1;
const U16_MAX = 2 ** 16 - 1;

/**
 * Builds canonical bytes: big-endian integers of fixed width, and everything of free length behind its
 * length, so that no two different values share an encoding.
 */
export class Encoder {
  #bytes = Buffer.allocUnsafe(ROOM_BYTES);
  #length = 0;

  u16(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= U16_MAX, `not a u16: ${value}`);
    this.#makeRoom(2);
    this.#length = this.#bytes.writeUInt16BE(value, this.#length);
    return this;
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, `not a u32: ${value}`);
    this.#makeRoom(4);
    this.#length = this.#bytes.writeUInt32BE(value, this.#length);
    return this;
  }

  u64(value: bigint): this {
    assert(value >= 0n && value <= U64_MAX, `not a u64: ${value}`);
    this.#makeRoom(8);
    this.#length = this.#bytes.writeBigUInt64BE(value, this.#length);
    return this;
  }

  /** Bytes whose length every reader knows. */
  fixed(bytes: Uint8Array, sizeBytes: number): this {
    assert(bytes.length === sizeBytes, `expected ${sizeBytes} bytes, got ${bytes.length}`);
    return this.#append(bytes);
  }

  /** Bytes of any length, behind a u32 length. */
  prefixed(bytes: Uint8Array): this {
    return this.u32(bytes.length).#append(bytes);
  }

  /** Text in UTF-8, behind a u32 length. */
  text(text: string): this {
    const sizeBytes = Buffer.byteLength(text);
    this.u32(sizeBytes).#makeRoom(sizeBytes);
    this.#length += this.#bytes.write(text, this.#length);
    return this;
  }

  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }

  #append(bytes: Uint8Array): this {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #makeRoom(moreBytes: number): void {
    const sizeBytes = this.#length + moreBytes;
    if (sizeBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(sizeBytes, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
