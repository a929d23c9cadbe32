/** Bytes of the longest length: four of seven bits hold 256 MiB, far above any limit here. */
const LENGTH_BYTES_MAX = 4;

/** The frame on the wire: an unsigned varint of the payload's length, then the payload, as libp2p has it. */
export function encodeVarintFrame(payload: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = payload.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Uint8Array.from(length), payload]);
}

export type VarintFeed =
  | { readonly kind: 'more' }
  | { readonly kind: 'message'; readonly payload: Uint8Array }
  | {
      readonly kind: 'bad';
      readonly problem: 'message too large' | 'bad length' | 'bytes after the message';
    };

const MORE: VarintFeed = { kind: 'more' };

/** Reads one frame, however its bytes were split on the way. Its length is judged before its payload is kept. */
export class VarintFrameReader {
  readonly #payloadBytesMax: number;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #length = 0;
  #lengthBytes = 0;
  #isLengthKnown = false;

  constructor(payloadBytesMax: number) {
    this.#payloadBytesMax = payloadBytesMax;
  }

  feed(chunk: Uint8Array): VarintFeed {
    let offset = 0;
    while (!this.#isLengthKnown && offset < chunk.length) {
      const problem = this.#readLength(chunk[offset] ?? 0);
      if (problem !== undefined) return { kind: 'bad', problem };
      offset += 1;
    }
    if (!this.#isLengthKnown) return MORE;
    const rest = chunk.subarray(offset);
    if (this.#held + rest.length > this.#length) return { kind: 'bad', problem: 'bytes after the message' };
    if (rest.length > 0) this.#chunks.push(rest.slice());
    this.#held += rest.length;
    if (this.#held < this.#length) return MORE;
    const payload = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return { kind: 'message', payload };
  }

  #readLength(byte: number): 'message too large' | 'bad length' | undefined {
    this.#length += (byte & 127) * 2 ** (7 * this.#lengthBytes);
    this.#lengthBytes += 1;
    if (this.#length > this.#payloadBytesMax) return 'message too large';
    if (byte < 128) this.#isLengthKnown = true;
    // A last byte of zero is refused: the same length would have two spellings.
    if (byte === 0 && this.#lengthBytes > 1) return 'bad length';
    return byte >= 128 && this.#lengthBytes === LENGTH_BYTES_MAX ? 'bad length' : undefined;
  }
}
