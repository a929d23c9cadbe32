import type { QueueBound } from '../../core/limits.ts';
import { type ByClass, byClass, TRAFFIC_CLASSES, type TrafficClass } from '../../core/traffic-class.ts';
import { Fifo } from './fifo.ts';

/** A frame from a peer on its way to consensus. */
export interface FrameDelivery {
  /** Raw public key of the sender as lower-case hex. */
  readonly peer: string;
  readonly trafficClass: TrafficClass;
  readonly payload: Uint8Array;
}

/**
 * The outcome for a frame. A `full` frame was taken too, unless the peer's lane was full before, but its stream
 * must rest until `onRoom`.
 */
export type PushResult = 'taken' | 'full' | 'dropped';

interface Lane {
  readonly peer: string;
  readonly frames: Fifo<Uint8Array>;
  bytes: number;
  resting: boolean;
}

export interface InboxOptions {
  /** Per peer and class while consensus is attached. */
  readonly bounds: ByClass<QueueBound>;
  /** Per peer and class while it is not. */
  readonly detachedBound: QueueBound;
  /** Called when a resting stream may be read again. */
  readonly onRoom: (peer: string, trafficClass: TrafficClass) => void;
  /** Called when a frame of a peer is dropped because the peer's own share is full and consensus is attached. */
  readonly onDropped: (peer: string) => void;
}

/**
 * Frames that wait for consensus: first class first, and within a class one frame from each peer in turn, so
 * that a peer that floods fills its own share alone.
 *
 * A slow consensus makes the streams of consensus and sync rest (nothing is lost, the sender waits). Transactions are
 * dropped, and so is the first frame of a stream that a peer opens while its lane is full, because a peer may open any
 * number of streams. Without any consensus all frames beyond a small bound are dropped, oldest first.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #lanes = byClass(() => new Map<string, Lane>());
  readonly #turns = byClass(() => new Fifo<Lane>());
  #attached = false;
  #dropped = 0;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Frames dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sets whether anybody takes frames out. Without a taker, resting streams are read again. */
  setAttached(attached: boolean): void {
    this.#attached = attached;
    if (attached) return;
    for (const each of TRAFFIC_CLASSES) {
      for (const lane of this.#lanes[each].values()) {
        this.#trim(lane);
        this.#wake(each, lane);
      }
    }
  }

  push({ peer, trafficClass, payload }: FrameDelivery): PushResult {
    const lane = this.#lane(trafficClass, peer);
    if (this.#attached && isFull(lane, this.#options.bounds[trafficClass])) {
      this.#dropped += 1;
      this.#options.onDropped(peer);
      if (trafficClass === 'transaction') return 'dropped';
      lane.resting = true;
      return 'full';
    }
    if (lane.frames.size === 0) this.#turns[trafficClass].push(lane);
    lane.frames.push(payload);
    lane.bytes += payload.length;
    if (!this.#attached) return this.#trim(lane) > 0 ? 'dropped' : 'taken';
    if (trafficClass === 'transaction' || !isFull(lane, this.#options.bounds[trafficClass])) return 'taken';
    lane.resting = true;
    return 'full';
  }

  /** Drops the waiting frames of an unwanted peer; its streams rest until the caller has them read again. */
  forget(peer: string): void {
    for (const each of TRAFFIC_CLASSES) {
      const lane = this.#lanes[each].get(peer);
      if (lane === undefined) continue;
      this.#dropped += lane.frames.size;
      this.#lanes[each].delete(peer);
      this.#turns[each].remove(lane);
    }
  }

  /** The next frame for consensus. */
  take(): FrameDelivery | undefined {
    for (const trafficClass of TRAFFIC_CLASSES) {
      const lane = this.#turns[trafficClass].take();
      const payload = lane?.frames.take();
      if (lane === undefined || payload === undefined) continue;
      lane.bytes -= payload.length;
      if (lane.frames.size > 0) this.#turns[trafficClass].push(lane);
      else this.#lanes[trafficClass].delete(lane.peer);
      if (!isHalfFull(lane, this.#options.bounds[trafficClass])) this.#wake(trafficClass, lane);
      return { peer: lane.peer, trafficClass, payload };
    }
    return undefined;
  }

  #lane(trafficClass: TrafficClass, peer: string): Lane {
    const known = this.#lanes[trafficClass].get(peer);
    if (known !== undefined) return known;
    const lane: Lane = { peer, frames: new Fifo(), bytes: 0, resting: false };
    this.#lanes[trafficClass].set(peer, lane);
    return lane;
  }

  #trim(lane: Lane): number {
    const { framesMax, bytesMax } = this.#options.detachedBound;
    let dropped = 0;
    while (lane.frames.size > 1 && (lane.frames.size > framesMax || lane.bytes > bytesMax)) {
      lane.bytes -= lane.frames.take()?.length ?? 0;
      dropped += 1;
    }
    this.#dropped += dropped;
    return dropped;
  }

  #wake(trafficClass: TrafficClass, lane: Lane): void {
    if (!lane.resting) return;
    lane.resting = false;
    this.#options.onRoom(lane.peer, trafficClass);
  }
}

function isFull({ frames, bytes }: Lane, { framesMax, bytesMax }: QueueBound): boolean {
  return frames.size >= framesMax || bytes >= bytesMax;
}

function isHalfFull({ frames, bytes }: Lane, { framesMax, bytesMax }: QueueBound): boolean {
  return frames.size * 2 > framesMax || bytes * 2 > bytesMax;
}
