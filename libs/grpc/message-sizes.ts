/** A byte that says whether a message is compressed, and its length, 4 bytes: before each message of gRPC. */
const HEAD_BYTES = 5;

/** Follows the bytes of a stream of messages, and tells how large each one says it is, before it is there. */
export class MessageSizes {
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  #bodyBytesLeft = 0;

  /** @returns the sizes of the messages that begin in `data`. */
  read(data: Uint8Array): readonly number[] {
    const sizes: number[] = [];
    for (let at = 0; at < data.length; ) {
      const body = Math.min(this.#bodyBytesLeft, data.length - at);
      this.#bodyBytesLeft -= body;
      at += body;
      const head = data.subarray(at, at + HEAD_BYTES - this.#headBytes);
      this.#head.set(head, this.#headBytes);
      this.#headBytes += head.length;
      at += head.length;
      if (this.#headBytes < HEAD_BYTES) continue;
      this.#headBytes = 0;
      this.#bodyBytesLeft = this.#head.readUInt32BE(1);
      sizes.push(this.#bodyBytesLeft);
    }
    return sizes;
  }
}
