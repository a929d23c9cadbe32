import { FRAME_BYTES_MAX, HELLO_TIMEOUT_MS } from '../core/limits.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import type { ByteStream } from '../ports/peer-network.ts';
import { type FeedResult, FrameParser } from './rules/framing.ts';
import { HELLO_BYTES_MAX, type HelloFault, judgeHello } from './rules/hello.ts';
import type { PushResult } from './rules/inbox.ts';

/** The rule that a peer broke: its stream is reset. */
export type StreamFault =
  | 'consensus frame too large'
  | 'frame too large'
  | 'no hello in time'
  | 'bytes above the rate limit';

export interface FrameReaderOptions {
  readonly trafficClass: TrafficClass;
  readonly stream: ByteStream;
  /** Tag of our own chain, or undefined while it is unknown. */
  readonly chainTag: () => Uint8Array | undefined;
  /** Whether the peer may send this many bytes more now. */
  readonly mayReceive: (bytes: number) => boolean;
  readonly onHello: () => void;
  readonly onRefused: (fault: HelloFault) => void;
  readonly onFault: (fault: StreamFault) => void;
  readonly onFrame: (payload: Uint8Array) => PushResult;
  readonly onClosed: () => void;
}

/**
 * Reads one stream that a peer opened: a hello, then frames. Until our own chain is known the hello is kept and
 * the stream rests; bytes behind the hello in the same read wait with it.
 */
export class FrameReader {
  readonly #options: FrameReaderOptions;
  readonly #parser: FrameParser;
  readonly #helloTimer: NodeJS.Timeout;
  #hello: Uint8Array | undefined;
  #accepted = false;
  #done = false;

  constructor(options: FrameReaderOptions) {
    this.#options = options;
    this.#parser = new FrameParser(HELLO_BYTES_MAX, (payload) => this.#onFrame(payload));
    this.#helloTimer = setTimeout(() => this.#fail('no hello in time'), HELLO_TIMEOUT_MS);
    options.stream.onClosed(() => this.#onClosed());
    options.stream.onBytes((bytes) => this.#onBytes(bytes));
  }

  /** Whether the peer has shown that it is of our chain. */
  get isAccepted(): boolean {
    return this.#accepted && !this.#done;
  }

  /** Looks at a kept hello again, now that our chain may be known. */
  judge(): void {
    const tag = this.#options.chainTag();
    if (this.#done || this.#accepted || this.#hello === undefined || tag === undefined) return;
    const fault = judgeHello(this.#hello, tag);
    if (fault !== undefined) {
      this.reset(fault);
      this.#options.onRefused(fault);
      return;
    }
    this.#accepted = true;
    this.#options.onHello();
    this.resume();
  }

  /** Parses the bytes read already, and then reads on. */
  resume(): void {
    if (this.#done) return;
    this.#judgeBytes(this.#parser.release());
    if (!this.#done && !this.#parser.isHeld) this.#options.stream.resume();
  }

  reset(reason: string): void {
    if (this.#done) return;
    this.#onClosed();
    this.#options.stream.reset(reason);
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#done) return;
    if (!this.#options.mayReceive(bytes.length)) return this.#fail('bytes above the rate limit');
    this.#judgeBytes(this.#parser.feed(bytes));
  }

  #judgeBytes({ kind }: FeedResult): void {
    if (kind !== 'oversized') return;
    const isOfConsensus = this.#accepted && this.#options.trafficClass === 'consensus';
    this.#fail(isOfConsensus ? 'consensus frame too large' : 'frame too large');
  }

  #onFrame(payload: Uint8Array): void {
    if (this.#done) return;
    if (this.#accepted) return this.#deliver(payload);
    clearTimeout(this.#helloTimer);
    this.#hello = payload.slice();
    this.#parser.payloadBytesMax = FRAME_BYTES_MAX[this.#options.trafficClass];
    this.#rest();
    this.judge();
  }

  #deliver(payload: Uint8Array): void {
    if (this.#options.onFrame(payload) === 'full') this.#rest();
  }

  #rest(): void {
    this.#parser.hold();
    this.#options.stream.pause();
  }

  #fail(fault: StreamFault): void {
    this.reset(fault);
    this.#options.onFault(fault);
  }

  #onClosed(): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#helloTimer);
    this.#options.onClosed();
  }
}
