import type { Logger } from '#libs/log/logger.ts';
import { backoffMs } from '../core/backoff.ts';
import { STREAM_BACKOFF_CAP_MS } from '../core/connection-limits.ts';
import { STREAM_OPEN_TIMEOUT_MS } from '../core/limits.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from '../core/traffic-class.ts';
import { FrameReader, type StreamFault } from '../frames/frame-reader.ts';
import { FrameWriter } from '../frames/frame-writer.ts';
import type { PeerFrames } from '../frames/peer-frames.ts';
import { encodeFrame } from '../frames/rules/framing.ts';
import { encodeHello, type HelloFault } from '../frames/rules/hello.ts';
import { type ByteStream, type PeerConnection, ProtocolMissingError } from '../ports/peer-network.ts';
import type { ChainView } from './rules/chain-view.ts';

export interface LinkOptions {
  readonly connection: PeerConnection;
  readonly frames: PeerFrames;
  readonly chain: () => ChainView | undefined;
  readonly mayReceive: (bytes: number) => boolean;
  readonly random: () => number;
  readonly log: Logger;
  /** Called when frames can be sent from now on, or no longer. */
  readonly onReady: (link: Link, ready: boolean) => void;
  readonly onRefused: (link: Link, fault: HelloFault) => void;
  readonly onFault: (link: Link, fault: StreamFault | 'bytes on an outgoing stream') => void;
  readonly onClosed: (link: Link) => void;
}

/**
 * One connection with its streams: one outgoing and one incoming per class, each opened by its sender and kept
 * open. A closed stream is opened again with back-off while the connection lives.
 */
export class Link {
  readonly connection: PeerConnection;
  readonly #options: LinkOptions;
  readonly #writer: FrameWriter;
  readonly #readers = new Map<TrafficClass, FrameReader>();
  readonly #reopenTimers = new Map<TrafficClass, NodeJS.Timeout>();
  readonly #closed = new AbortController();
  #inUse = false;
  #opened = false;
  #sending = false;
  #ready = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.connection = options.connection;
    const { outbox } = options.frames;
    this.#writer = new FrameWriter(outbox.queue, () => outbox.onSent());
    this.connection.onClosed(() => this.#onClosed());
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Makes this the connection that frames are sent on. */
  use(): void {
    this.#inUse = true;
    this.onChain();
  }

  /** Our chain became known: opens our streams and judges the hellos that wait. */
  onChain(): void {
    for (const reader of [...this.#readers.values()]) reader.judge();
    if (!this.#inUse || this.#opened || this.#options.chain() === undefined) return;
    this.#opened = true;
    for (const trafficClass of TRAFFIC_CLASSES) void this.#openStream(trafficClass, 0);
  }

  /**
   * Takes a stream that the peer opened; it replaces an older one of its class. A peer that opens streams to us
   * accepts ours: a stream refused before, because we were a stranger, is opened again at once.
   */
  accept(trafficClass: TrafficClass, stream: ByteStream): void {
    if (this.#reopenTimers.has(trafficClass)) this.#reopenNow(trafficClass);
    this.#readers.get(trafficClass)?.reset('replaced by a newer stream');
    const reader: FrameReader = new FrameReader({
      trafficClass,
      stream,
      chainTag: () => this.#options.chain()?.tag,
      mayReceive: this.#options.mayReceive,
      onHello: () => this.#updateReady(),
      onRefused: (fault) => this.#options.onRefused(this, fault),
      onFault: (fault) => this.#options.onFault(this, fault),
      onFrame: (payload) => this.#options.frames.take(trafficClass, payload),
      onClosed: () => {
        if (this.#readers.get(trafficClass) === reader) this.#readers.delete(trafficClass);
        this.#updateReady();
      },
    });
    this.#readers.set(trafficClass, reader);
  }

  /** Reads a class again that rested because consensus was slow. */
  resume(trafficClass: TrafficClass): void {
    this.#readers.get(trafficClass)?.resume();
  }

  /** Frames were queued. */
  pump(): void {
    this.#writer.pump();
  }

  close(): Promise<void> {
    this.#writer.close();
    return this.connection.close();
  }

  abort(reason: string): void {
    this.connection.abort(reason);
  }

  async #openStream(trafficClass: TrafficClass, failures: number): Promise<void> {
    const chain = this.#options.chain();
    if (chain === undefined || this.#closed.signal.aborted) return;
    try {
      const timeout = AbortSignal.timeout(STREAM_OPEN_TIMEOUT_MS);
      const signal = AbortSignal.any([this.#closed.signal, timeout]);
      const stream = await this.connection.openStream(trafficClass, signal);
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
      this.#options.onFault(this, 'bytes on an outgoing stream');
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

  #reopenNow(trafficClass: TrafficClass): void {
    clearTimeout(this.#reopenTimers.get(trafficClass));
    this.#reopenTimers.delete(trafficClass);
    void this.#openStream(trafficClass, 1);
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
    this.#updateReady();
  }

  #updateReady(): void {
    const heard = this.#readers.get('consensus')?.isAccepted === true;
    const ready = this.#sending && heard && !this.#closed.signal.aborted;
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.#options.onReady(this, ready);
  }

  #onClosed(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#writer.close();
    for (const timer of this.#reopenTimers.values()) clearTimeout(timer);
    for (const reader of [...this.#readers.values()]) reader.reset('connection closed');
    this.#options.onClosed(this);
  }
}
