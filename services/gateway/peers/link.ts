import type { Logger } from '#libs/log/logger.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import { FrameReader, type StreamFault } from '../frames/frame-reader.ts';
import type { PeerFrames } from '../frames/peer-frames.ts';
import type { HelloFault } from '../frames/rules/hello.ts';
import type { ByteStream, PeerConnection } from '../ports/peer-network.ts';
import { type OutgoingFault, OutgoingStreams } from './outgoing-streams.ts';
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
  readonly onFault: (link: Link, fault: StreamFault | OutgoingFault) => void;
  readonly onClosed: (link: Link) => void;
}

/** One connection with its streams: one outgoing and one incoming per class, each opened by its sender and kept open. */
export class Link {
  readonly connection: PeerConnection;
  readonly #options: LinkOptions;
  readonly #outgoing: OutgoingStreams;
  readonly #readers = new Map<TrafficClass, FrameReader>();
  #inUse = false;
  #ready = false;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.connection = options.connection;
    this.#outgoing = new OutgoingStreams({
      ...options,
      onSending: () => this.#updateReady(),
      onFault: (fault) => options.onFault(this, fault),
    });
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
    if (this.#inUse) this.#outgoing.open();
  }

  /**
   * Takes a stream that the peer opened; it replaces an older one of its class. A peer that opens streams to us
   * accepts ours: a stream refused before, because we were a stranger, is opened again at once.
   */
  accept(trafficClass: TrafficClass, stream: ByteStream): void {
    this.#outgoing.hurry(trafficClass);
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
    this.#outgoing.pump();
  }

  close(): Promise<void> {
    this.#outgoing.finish();
    return this.connection.close();
  }

  abort(reason: string): void {
    this.connection.abort(reason);
  }

  #updateReady(): void {
    const heard = this.#readers.get('consensus')?.isAccepted === true;
    const ready = this.#outgoing.isSending && heard && !this.#closed;
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.#options.onReady(this, ready);
  }

  #onClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outgoing.stop();
    for (const reader of [...this.#readers.values()]) reader.reset('connection closed');
    this.#options.onClosed(this);
  }
}
