import { WRITE_CHUNK_BYTES } from '../core/limits.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from '../core/traffic-class.ts';
import type { ByteStream } from '../ports/peer-network.ts';
import { frameHead } from './rules/framing.ts';
import { joinSmall } from './rules/join-small.ts';
import type { SendQueue } from './rules/send-queue.ts';

interface Lane {
  readonly trafficClass: TrafficClass;
  readonly stream: ByteStream;
  /** The rest of the frame that is under way, empty between frames. */
  rest: readonly Uint8Array[];
}

/**
 * Moves frames from a peer's queue into the streams of one connection. A frame of consensus leaves in the call
 * that queued it, whenever the connection takes it. Bulk goes one piece per turn of the event loop, so that votes
 * that arrive meanwhile go first, and never more than its stream takes: libp2p's own buffer has no bound.
 */
export class FrameWriter {
  readonly #queue: SendQueue;
  readonly #onSent: (bytes: number) => void;
  readonly #lanes = new Map<TrafficClass, Lane>();
  #bulkTurn: NodeJS.Immediate | undefined;
  #closed = false;

  /** @param onSent - Called after so many bytes left the queue. */
  constructor(queue: SendQueue, onSent: (bytes: number) => void) {
    this.#queue = queue;
    this.#onSent = onSent;
  }

  /** Starts to use `stream` for a class, in place of any other. */
  open(trafficClass: TrafficClass, stream: ByteStream): void {
    const lane: Lane = { trafficClass, stream, rest: [] };
    this.#lanes.set(trafficClass, lane);
    // A microtask later libp2p has put its own remainder on the way and `isFull` is true again if it must be.
    stream.onWritable(() => queueMicrotask(() => this.pump()));
    stream.onClosed(() => {
      if (this.#lanes.get(trafficClass) === lane) this.#lanes.delete(trafficClass);
    });
    this.pump();
  }

  /** Writes all that may be written now. */
  pump(): void {
    if (this.#closed) return;
    for (const trafficClass of TRAFFIC_CLASSES) {
      const lane = this.#lanes.get(trafficClass);
      if (lane === undefined) continue;
      if (trafficClass === 'consensus') while (this.#writePiece(lane));
      else if (this.#bulkTurn === undefined && this.#writePiece(lane)) {
        this.#bulkTurn = setImmediate(() => this.#nextBulkTurn());
        return;
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#lanes.clear();
    clearImmediate(this.#bulkTurn);
  }

  #nextBulkTurn(): void {
    this.#bulkTurn = undefined;
    this.pump();
  }

  /** Hands one piece to the stream; false when there is none or the stream is full. */
  #writePiece(lane: Lane): boolean {
    if (lane.stream.isFull) return false;
    const views = this.#nextPiece(lane);
    if (views.length === 0) return false;
    lane.stream.send(...joinSmall(views));
    this.#onSent(views.reduce((sum, { length }) => sum + length, 0));
    return true;
  }

  /** The views of one piece: the rest of a frame, or the next frame, with as many small ones behind it as fit. */
  #nextPiece(lane: Lane): readonly Uint8Array[] {
    const views: Uint8Array[] = [];
    let roomBytes = WRITE_CHUNK_BYTES;
    while (roomBytes > 0) {
      const [first, ...others] = lane.rest.length > 0 ? lane.rest : this.#nextFrame(lane);
      if (first === undefined) break;
      const view = first.subarray(0, roomBytes);
      lane.rest = view.length < first.length ? [first.subarray(view.length), ...others] : others;
      if (view.length > 0) views.push(view);
      roomBytes -= view.length;
    }
    return views;
  }

  #nextFrame({ trafficClass }: Lane): readonly Uint8Array[] {
    const payload = this.#queue.take(trafficClass);
    return payload === undefined ? [] : [frameHead(payload), payload];
  }
}
