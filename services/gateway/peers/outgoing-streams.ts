import type { Logger } from '#libs/log/logger.ts';
import { backoffMs } from '../core/backoff.ts';
import { STREAM_BACKOFF_CAP_MS } from '../core/connection-limits.ts';
import { STREAM_OPEN_TIMEOUT_MS } from '../core/limits.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from '../core/traffic-class.ts';
import { FrameWriter } from '../frames/frame-writer.ts';
import type { PeerFrames } from '../frames/peer-frames.ts';
import { encodeFrame } from '../frames/rules/framing.ts';
import { encodeHello } from '../frames/rules/hello.ts';
import { type ByteStream, type PeerConnection, ProtocolMissingError } from '../ports/peer-network.ts';
import type { ChainView } from './rules/chain-view.ts';

export type OutgoingFault = 'bytes on an outgoing stream';

export interface OutgoingStreamsOptions {
  readonly connection: PeerConnection;
  readonly frames: PeerFrames;
  readonly chain: () => ChainView | undefined;
  readonly random: () => number;
  readonly log: Logger;
  /** The stream of consensus was opened or closed. */
  readonly onSending: () => void;
  readonly onFault: (fault: OutgoingFault) => void;
}

/** Our streams on one connection, one per class. A closed one is opened again with back-off while the connection lives. */
export class OutgoingStreams {
  readonly #options: OutgoingStreamsOptions;
  readonly #writer: FrameWriter;
  readonly #reopenTimers = new Map<TrafficClass, NodeJS.Timeout>();
  readonly #closed = new AbortController();
  #opened = false;
  #sending = false;

  constructor(options: OutgoingStreamsOptions) {
    this.#options = options;
    const { outbox } = options.frames;
    this.#writer = new FrameWriter(outbox.queue, (bytes) => outbox.onSent(bytes));
  }

  /** Whether the stream of consensus is open. */
  get isSending(): boolean {
    return this.#sending;
  }

  /** Opens all, once our chain is known; a second call does nothing. */
  open(): void {
    if (this.#opened || this.#options.chain() === undefined) return;
    this.#opened = true;
    for (const trafficClass of TRAFFIC_CLASSES) void this.#openStream(trafficClass, 0);
  }

  /** Opens a stream at once that waits to be opened again. */
  hurry(trafficClass: TrafficClass): void {
    const timer = this.#reopenTimers.get(trafficClass);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#reopenTimers.delete(trafficClass);
    void this.#openStream(trafficClass, 1);
  }

  /** Frames were queued. */
  pump(): void {
    this.#writer.pump();
  }

  /** Accepts no more frames; frames that were handed to the streams still leave. */
  finish(): void {
    this.#writer.close();
  }

  /** The connection is closed. */
  stop(): void {
    this.#closed.abort();
    this.#writer.close();
    for (const timer of this.#reopenTimers.values()) clearTimeout(timer);
  }

  async #openStream(trafficClass: TrafficClass, failures: number): Promise<void> {
    const chain = this.#options.chain();
    if (chain === undefined || this.#closed.signal.aborted) return;
    try {
      const timeout = AbortSignal.timeout(STREAM_OPEN_TIMEOUT_MS);
      const signal = AbortSignal.any([this.#closed.signal, timeout]);
      const stream = await this.#options.connection.openStream(trafficClass, signal);
      this.#onStreamOpened(trafficClass, stream, failures);
      this.#setSending(trafficClass, true);
      stream.send(encodeFrame(encodeHello(chain.tag)));
      this.#writer.open(trafficClass, stream);
    } catch (error) {
      if (error instanceof ProtocolMissingError) return this.#onProtocolMissing(trafficClass);
      this.#options.log.debug('stream could not be opened', {
        traffic_class: trafficClass,
        error: `${error}`,
      });
      this.#reopenLater(trafficClass, failures + 1);
    }
  }

  #onStreamOpened(trafficClass: TrafficClass, stream: ByteStream, failures: number): void {
    const openedAtMs = performance.now();
    stream.onBytes(() => {
      stream.reset('bytes on an outgoing stream');
      this.#options.onFault('bytes on an outgoing stream');
    });
    stream.onClosed(() => {
      this.#setSending(trafficClass, false);
      const stood = performance.now() - openedAtMs > STREAM_OPEN_TIMEOUT_MS;
      this.#reopenLater(trafficClass, stood ? 1 : failures + 1);
    });
  }

  #reopenLater(trafficClass: TrafficClass, failures: number): void {
    if (this.#closed.signal.aborted) return;
    clearTimeout(this.#reopenTimers.get(trafficClass));
    const waitMs = backoffMs(failures, this.#options.random, STREAM_BACKOFF_CAP_MS);
    const timer = setTimeout(() => {
      this.#reopenTimers.delete(trafficClass);
      void this.#openStream(trafficClass, failures);
    }, waitMs);
    this.#reopenTimers.set(trafficClass, timer);
  }

  /**
   * A libp2p node that is no gateway of ours, go-libp2p for one: the session stays (test/requirements/texts.md 2.5).
   */
  #onProtocolMissing(trafficClass: TrafficClass): void {
    if (trafficClass !== 'consensus') return;
    this.#options.log.info('peer does not speak the protocols of the federation, no frames are sent to it');
  }

  #setSending(trafficClass: TrafficClass, sending: boolean): void {
    if (trafficClass !== 'consensus') return;
    this.#sending = sending;
    this.#options.onSending();
  }
}
