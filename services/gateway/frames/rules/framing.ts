import { assert } from '#libs/assert/assert.ts';
import { FRAME_BUFFER_BYTES_MIN, FRAME_BUFFER_GROWTH, VIEW_SHARE_MIN } from '../../core/limits.ts';

/** Bytes of the length in front of every frame. */
export const LENGTH_BYTES = 4;

/** The frame on the wire: the payload's length as a big-endian u32, then the payload. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  return Buffer.concat([frameHead(payload), payload]);
}

/** The length that goes before a payload. */
export function frameHead({ length }: Pick<Uint8Array, 'length'>): Uint8Array {
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32BE(length);
  return head;
}

/** A payload that may wait: a copy of one that is but a small part of the memory it lies in. */
export function keptPayload(payload: Uint8Array): Uint8Array {
  return payload.length < payload.buffer.byteLength * VIEW_SHARE_MIN ? new Uint8Array(payload) : payload;
}

/** The parser's verdict on the bytes that it was fed. */
export type FeedResult =
  | { readonly kind: 'ok' }
  | { readonly kind: 'oversized'; readonly lengthBytes: number };

const OK: FeedResult = { kind: 'ok' };

/**
 * Cuts a byte stream into frames, however the bytes were split on the way. The length is judged before a byte
 * of the payload is kept, and memory grows with the bytes that arrived, never with the announced length.
 */
export class FrameParser {
  /** May be changed between frames, also from within `onFrame`: a hello is shorter than the frames behind it. */
  payloadBytesMax: number;
  readonly #onFrame: (payload: Uint8Array) => void;
  readonly #header = Buffer.alloc(LENGTH_BYTES);
  #headerFilled = 0;
  #expected = 0;
  #partial: Uint8Array = new Uint8Array(0);
  #filled = 0;
  #dead: FeedResult | undefined;
  #isHeld = false;
  /** The bytes that came while the parser was held, in order. */
  #rest: Uint8Array[] = [];

  /** @param onFrame - Gets each payload; it may be a view of the bytes fed, which must then not be reused. */
  constructor(payloadBytesMax: number, onFrame: (payload: Uint8Array) => void) {
    this.payloadBytesMax = payloadBytesMax;
    this.#onFrame = onFrame;
  }

  /** Holds the parser until `release`; also from within `onFrame`. One read may bring thousands of frames. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Parses the remaining bytes. `isHeld` shows whether the parser was held again. */
  release(): FeedResult {
    this.#isHeld = false;
    const rest = this.#rest;
    this.#rest = [];
    for (const chunk of rest) this.feed(chunk);
    return this.#dead ?? OK;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Takes the next bytes. After `oversized` the stream has no meaning any more: the answer stays the same. */
  feed(chunk: Uint8Array): FeedResult {
    let offset = 0;
    while (this.#dead === undefined && offset < chunk.length) {
      if (this.#isHeld) {
        this.#rest.push(chunk.subarray(offset));
        break;
      }
      offset =
        this.#headerFilled < LENGTH_BYTES
          ? this.#readHeader(chunk, offset)
          : this.#readPayload(chunk, offset);
    }
    return this.#dead ?? OK;
  }

  #readHeader(chunk: Uint8Array, offset: number): number {
    const taken = Math.min(LENGTH_BYTES - this.#headerFilled, chunk.length - offset);
    this.#header.set(chunk.subarray(offset, offset + taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled < LENGTH_BYTES) return offset + taken;

    this.#expected = this.#header.readUInt32BE();
    if (this.#expected > this.payloadBytesMax)
      this.#dead = { kind: 'oversized', lengthBytes: this.#expected };
    else if (this.#expected === 0) this.#finish(new Uint8Array(0));
    return offset + taken;
  }

  #readPayload(chunk: Uint8Array, offset: number): number {
    const end = Math.min(offset + this.#expected - this.#filled, chunk.length);
    const part = chunk.subarray(offset, end);
    if (part.length === this.#expected) {
      this.#finish(keptPayload(part));
      return end;
    }
    this.#reserve(this.#filled + part.length);
    this.#partial.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled === this.#expected) this.#finish(this.#partial);
    return end;
  }

  #reserve(neededBytes: number): void {
    if (neededBytes <= this.#partial.length) return;
    const wanted = Math.max(neededBytes, FRAME_BUFFER_GROWTH * this.#partial.length, FRAME_BUFFER_BYTES_MIN);
    const grown = new Uint8Array(Buffer.allocUnsafeSlow(Math.min(wanted, this.#expected)).buffer);
    grown.set(this.#partial.subarray(0, this.#filled));
    this.#partial = grown;
  }

  #finish(payload: Uint8Array): void {
    assert(payload.length === this.#expected, 'a frame ends at its length');
    this.#headerFilled = 0;
    this.#filled = 0;
    this.#partial = new Uint8Array(0);
    this.#onFrame(payload);
  }
}
