import { constants } from 'node:http2';
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';
import { CallHoldings } from './call-holdings.ts';
import { type CallStream, type InsideOfCall, insideOf } from './call-stream.ts';
import type { Caller } from './caller.ts';
import type { ConnectionPlaces } from './connection-places.ts';
import { MessageSizes } from './message-sizes.ts';
import { SessionCallers } from './session-callers.ts';
import { type CodedRefusal, codedError } from './status.ts';
import { COMPRESSED, CROWDED, GAVE_WAY, LATE, largeRequest, UNTRUSTED } from './stranger-refusals.ts';
import { type StrangerLimits, StrangerRoom } from './stranger-room.ts';

type Listener = Parameters<ServerInterceptingCall['start']>[0];

interface Surroundings {
  readonly room: StrangerRoom;
  readonly callers: SessionCallers;
  readonly places: ConnectionPlaces | undefined;
}

/** Guards the calls of one server. `places`: those of its connections, where it listens by itself. */
export function guardingStrangers(limits: StrangerLimits, places?: ConnectionPlaces): ServerInterceptor {
  const surroundings = { room: new StrangerRoom(limits), callers: new SessionCallers(), places };
  return (method, call) => new GuardedCall(call, method, surroundings);
}

class GuardedCall extends ServerInterceptingCall {
  readonly caller: Caller;
  readonly #room: StrangerRoom;
  readonly #places: ConnectionPlaces | undefined;
  readonly #method: ServerMethodDefinition<unknown, unknown>;
  readonly #inside: InsideOfCall;
  readonly #auth: ReturnType<ServerInterceptingCallInterface['getAuthContext']>;
  readonly #isTrusted: boolean;
  readonly #held = new CallHoldings();
  #hasAnswered = false;

  constructor(
    call: ServerInterceptingCallInterface,
    method: ServerMethodDefinition<unknown, unknown>,
    { room, callers, places }: Surroundings,
  ) {
    super(call);
    this.#room = room;
    this.#places = places;
    this.#method = method;
    this.#inside = insideOf(call);
    const { caller, auth, isTrusted } = callers.of(call, this.#inside.stream.session);
    this.caller = caller;
    this.#auth = auth;
    this.#isTrusted = isTrusted;
  }

  override start(listener: Listener): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) return this.#refuse(refusal);
    this.#refuseLarge(this.#inside.stream);
    const onTime = this.#held.deadline(this.#room.limits.requestMsMax, () => this.#end(LATE));
    this.#room.begin(this);
    const arrived = (): void => {
      this.#room.end(this);
      onTime();
    };
    super.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => {
        // A stream of requests never counts as whole: only diagnostic tools use one, and briefly.
        if (!this.#method.requestStream) arrived();
        if (this.#room.isCrowded(this.caller)) return this.#refuse(CROWDED);
        this.#held.work(() => this.#places?.atWork(this.caller));
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => {
        arrived();
        this.#held.free();
        listener.onCancel();
      },
    });
  }

  /** The certificate that was verified, the same object for all calls of a connection. */
  override getAuthContext(): ReturnType<ServerInterceptingCallInterface['getAuthContext']> {
    return this.#auth;
  }

  override sendMessage(message: unknown, callback: () => void): void {
    const bytes = this.#method.responseSerialize(message).length;
    const release = this.#room.give(this.caller, bytes, () => this.#reset());
    if (release === undefined) return this.#refuse(CROWDED);
    const taken = this.#held.answer(release);
    this.#hasAnswered = true;
    const onTime = this.#held.deadline(this.#room.limits.answerMsMax, () => this.#reset());
    super.sendMessage(message, () => {
      onTime();
      taken();
      callback();
    });
  }

  giveWay(): void {
    this.#end(GAVE_WAY);
  }

  #refusal(): CodedRefusal | undefined {
    if (!this.#isTrusted) return UNTRUSTED;
    return this.#inside.encoding === 'identity' ? undefined : COMPRESSED;
  }

  /** Refuses before grpc-js sees the bytes: the refusal of grpc-js has no code. */
  #refuseLarge(stream: CallStream): void {
    const sizes = new MessageSizes();
    const { messageBytesMax, tooLarge } = this.#room.limits;
    stream.prependListener('data', (data) => {
      for (const sizeBytes of sizes.read(data)) {
        if (sizeBytes <= messageBytesMax) continue;
        return this.#end(
          tooLarge?.(this.#method.path, sizeBytes) ?? largeRequest(sizeBytes, messageBytesMax),
        );
      }
    });
  }

  /** Answers with a refusal, unless the call has a status already. */
  #refuse(refusal: CodedRefusal): void {
    super.sendStatus(codedError(refusal));
  }

  /** Refuses a call whose request is still coming: the rest of it is not read. */
  #end(refusal: CodedRefusal): void {
    this.#room.end(this);
    if (this.#hasAnswered) return this.#reset();
    this.#refuse(refusal);
    this.#inside.stream.close(constants.NGHTTP2_NO_ERROR);
  }

  /** Ends a call whose answer is under way: a status would have to wait until the answer is read. */
  #reset(): void {
    this.#inside.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }
}
