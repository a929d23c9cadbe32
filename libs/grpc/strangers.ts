import { constants } from 'node:http2';
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
  status,
} from '@grpc/grpc-js';
import { type CallStream, insideOf } from './call-stream.ts';
import { type StrangerLimits, StrangerRoom } from './stranger-room.ts';

const CROWDED = {
  code: status.RESOURCE_EXHAUSTED,
  details: 'too many answers wait for their readers: come back later, or ask another member',
};

type Listener = Parameters<ServerInterceptingCall['start']>[0];

/** Guards the calls of one server. */
export function guardingStrangers(limits: StrangerLimits): ServerInterceptor {
  const room = new StrangerRoom(limits);
  return (method, call) => new GuardedCall(call, method, room);
}

class GuardedCall extends ServerInterceptingCall {
  readonly #room: StrangerRoom;
  readonly #method: ServerMethodDefinition<unknown, unknown>;
  readonly #stream: CallStream;
  readonly #timers = new Set<NodeJS.Timeout>();
  #untakenBytes = 0;

  constructor(
    call: ServerInterceptingCallInterface,
    method: ServerMethodDefinition<unknown, unknown>,
    room: StrangerRoom,
  ) {
    super(call);
    this.#room = room;
    this.#method = method;
    this.#stream = insideOf(call).stream;
  }

  override start(listener: Listener): void {
    const late = this.#within(this.#room.limits.requestMsMax);
    this.#room.begin(this);
    const arrived = (): void => {
      this.#room.end(this);
      this.#stop(late);
    };
    super.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => {
        // A stream of requests is never whole: it is for tools that look around, and short.
        if (!this.#method.requestStream) arrived();
        if (this.#room.isCrowded) return this.sendStatus(CROWDED);
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => {
        arrived();
        this.#free();
        listener.onCancel();
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    const bytes = this.#method.responseSerialize(message).length;
    if (!this.#room.give(bytes)) return this.sendStatus(CROWDED);
    this.#untakenBytes += bytes;
    const late = this.#within(this.#room.limits.answerMsMax);
    super.sendMessage(message, () => {
      this.#stop(late);
      this.#release(bytes);
      callback();
    });
  }

  /** Ends the call and frees what it holds. A status would have to wait for its caller to read it. */
  cut(): void {
    this.#room.end(this);
    this.#stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  #within(durationMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => this.cut(), durationMs);
    timer.unref(); // A server that stops does not wait for its callers.
    this.#timers.add(timer);
    return timer;
  }

  #stop(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  #release(bytes: number): void {
    const held = Math.min(bytes, this.#untakenBytes);
    this.#untakenBytes -= held;
    this.#room.taken(held);
  }

  #free(): void {
    for (const timer of this.#timers) this.#stop(timer);
    this.#release(this.#untakenBytes);
  }
}
