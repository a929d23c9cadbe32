/** The prefix of each message of gRPC: a byte that says whether the message is compressed, and its length, 4 bytes. */
const HEAD_BYTES = 5;

/**
 * Follows the bytes of a stream of messages, and reports the stated size of each message before its content arrives.
 */
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
