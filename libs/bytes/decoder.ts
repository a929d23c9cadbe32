const NOTHING = new Uint8Array(0);

/**
 * Reads the bytes that an Encoder wrote. Never throws: the first read beyond the end spoils the reader, every later
 * one gives zeros or nothing, and `isWhole` then says no. So a caller reads all fields straight down and asks once.
 */
export class Decoder {
  readonly #bytes: Buffer;
  #offset = 0;
  #isSpoilt = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether every read found its bytes, and no byte is left over. */
  get isWhole(): boolean {
    return !this.#isSpoilt && this.#offset === this.#bytes.length;
  }

  /** Whether a read went beyond the end: nothing that follows is worth reading. */
  get isSpoilt(): boolean {
    return this.#isSpoilt;
  }

  u16(): number {
    const at = this.#take(2);
    return at === undefined ? 0 : this.#bytes.readUInt16BE(at);
  }

  u32(): number {
    const at = this.#take(4);
    return at === undefined ? 0 : this.#bytes.readUInt32BE(at);
  }

  u64(): bigint {
    const at = this.#take(8);
    return at === undefined ? 0n : this.#bytes.readBigUInt64BE(at);
  }

  /** A copy of the next `sizeBytes` bytes. */
  fixed(sizeBytes: number): Uint8Array {
    const at = this.#take(sizeBytes);
    return at === undefined ? NOTHING : new Uint8Array(this.#bytes.subarray(at, at + sizeBytes));
  }

  /** A copy of bytes behind a u32 length; longer than `sizeBytesMax` spoils the reader. */
  prefixed(sizeBytesMax: number): Uint8Array {
    const sizeBytes = this.u32();
    if (sizeBytes > sizeBytesMax) this.#isSpoilt = true;
    return this.fixed(sizeBytes);
  }

  text(sizeBytesMax: number): string {
    return Buffer.from(this.prefixed(sizeBytesMax)).toString('utf8');
  }

  #take(sizeBytes: number): number | undefined {
    const at = this.#offset;
    if (this.#isSpoilt || at + sizeBytes > this.#bytes.length) {
      this.#isSpoilt = true;
      return undefined;
    }
    this.#offset += sizeBytes;
    return at;
  }
}
