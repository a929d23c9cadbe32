import type { QueueBound } from '../../core/limits.ts';
import { type ByClass, byClass, TRAFFIC_CLASSES, type TrafficClass } from '../../core/traffic-class.ts';
import { Fifo } from './fifo.ts';

interface Lane {
  readonly frames: Fifo<Uint8Array>;
  readonly bound: QueueBound;
  bytes: number;
}

/**
 * The payloads of frames that wait for one peer's connection, first class first. A full class drops its own oldest
 * frame: the newest frames still matter most, and the sender's protocol re-sends the rest.
 */
export class SendQueue {
  readonly #lanes: ByClass<Lane>;

  constructor(bounds: ByClass<QueueBound>) {
    this.#lanes = byClass((each) => ({ frames: new Fifo(), bound: bounds[each], bytes: 0 }));
  }

  /** Adds a frame; answers how many older ones of its class were dropped for it. */
  push(trafficClass: TrafficClass, frame: Uint8Array): number {
    const lane = this.#lanes[trafficClass];
    lane.frames.push(frame);
    lane.bytes += frame.length;
    let dropped = 0;
    while (lane.frames.size > 1 && isOver(lane)) {
      takeFrom(lane);
      dropped += 1;
    }
    return dropped;
  }

  /** The oldest frame of a class. */
  take(trafficClass: TrafficClass): Uint8Array | undefined {
    return takeFrom(this.#lanes[trafficClass]);
  }

  isEmpty(trafficClass: TrafficClass): boolean {
    return this.#lanes[trafficClass].frames.size === 0;
  }

  /** Whether nothing waits at all. */
  get isEmptyOfAll(): boolean {
    return TRAFFIC_CLASSES.every((each) => this.isEmpty(each));
  }

  /** Bytes of all frames that wait. */
  get bytes(): number {
    return TRAFFIC_CLASSES.reduce((sum, each) => sum + this.#lanes[each].bytes, 0);
  }

  /** Forgets everything; answers how many frames that were. */
  clear(): number {
    let cleared = 0;
    for (const each of TRAFFIC_CLASSES) {
      while (takeFrom(this.#lanes[each]) !== undefined) cleared += 1;
    }
    return cleared;
  }
}

function isOver({ frames, bytes, bound }: Lane): boolean {
  return frames.size > bound.framesMax || bytes > bound.bytesMax;
}

function takeFrom(lane: Lane): Uint8Array | undefined {
  const frame = lane.frames.take();
  lane.bytes -= frame?.length ?? 0;
  return frame;
}
