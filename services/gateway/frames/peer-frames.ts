import type { Logger } from '#libs/log/logger.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from '../core/traffic-class.ts';
import type { FrameEvents } from './frame-events.ts';
import { PeerFlow } from './peer-flow.ts';
import { PeerOutbox } from './peer-outbox.ts';
import type { PushResult } from './rules/inbox.ts';

export interface PeerFramesOptions {
  /** Raw public key as lower-case hex. */
  readonly peer: string;
  readonly events: FrameEvents;
  readonly log: Logger;
  /** Logs once per cause. */
  readonly complain: (cause: string) => void;
  /** Frames that waited for the peer never leave. */
  readonly onUnsent: (frames: number) => void;
  /** Streams of a class may be read again. */
  readonly onRoom: (trafficClass: TrafficClass) => void;
}

/** The frames of one peer, both ways: the frames that wait for it, and the pace at which its own are read. */
export class PeerFrames {
  readonly outbox: PeerOutbox;
  readonly #options: PeerFramesOptions;
  readonly #flow: PeerFlow;
  /** Classes that consensus has no room for. */
  readonly #full = new Set<TrafficClass>();

  constructor(options: PeerFramesOptions) {
    const { log, complain, onUnsent, onRoom } = options;
    this.#options = options;
    this.outbox = new PeerOutbox({ log, onDropped: onUnsent });
    this.#flow = new PeerFlow({
      complain,
      onRested: () => {
        const roomy = TRAFFIC_CLASSES.filter((trafficClass) => !this.#full.has(trafficClass));
        for (const trafficClass of roomy) onRoom(trafficClass);
      },
    });
  }

  /** Takes a frame that the peer sent; its stream rests when the answer is `full`. */
  take(trafficClass: TrafficClass, payload: Uint8Array): PushResult {
    return this.#flow.take(() => this.#deliver(trafficClass, payload));
  }

  /** Reads a class again after consensus made room. */
  resume(trafficClass: TrafficClass): void {
    this.#full.delete(trafficClass);
    if (!this.#flow.isResting) this.#options.onRoom(trafficClass);
  }

  /** Reads nothing of this peer for a while. */
  mute(durationMs: number): void {
    this.#full.clear();
    this.#flow.mute(durationMs);
  }

  stop(): void {
    this.#flow.stop();
  }

  #deliver(trafficClass: TrafficClass, payload: Uint8Array): PushResult {
    const { peer, events } = this.#options;
    const result = events.onFrame({ peer, trafficClass, payload });
    if (result === 'full') this.#full.add(trafficClass);
    return result;
  }
}
