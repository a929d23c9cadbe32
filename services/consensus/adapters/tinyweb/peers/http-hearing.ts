import { toHex } from '#libs/bytes/hex.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { HttpRoute } from '#libs/http/route.ts';
import type { ProtocolWire } from '#libs/peer-wire/protocol-wire.ts';
import { MemberHearing, type MemberHearingOptions } from '../../member-hearing.ts';
import type { MessageJson } from './message-json.ts';
import { type Heard, messageRoutes } from './message-routes.ts';
import { NotingListener } from './noting-listener.ts';
import { SeenMessages } from './seen-messages.ts';
import { TransactionBudget } from './transaction-budget.ts';

export interface HttpHearingOptions extends MemberHearingOptions {
  readonly codec: MessageJson;
  /** Height of the newest final block here. */
  readonly finalHeight: () => bigint;
  readonly protocolIn: (epoch: Epoch) => ProtocolWire;
  readonly memberOf: (key: Uint8Array) => MemberIndex | undefined;
  readonly epoch: () => Epoch;
  /** Told that a member was heard. */
  readonly heard: (from: MemberIndex) => void;
}

/** The way of requests of members into the node: the same as that of frames from a gateway, behind the bounds of HTTP. */
export class HttpHearing {
  readonly #options: HttpHearingOptions;
  readonly #hearing: MemberHearing;
  readonly #seen = new SeenMessages();
  readonly #budget = new TransactionBudget(() => performance.now());
  readonly #mutedUntilMs = new Map<string, number>();
  #listener: PeerListener | undefined;
  receivedBytes = 0;

  constructor(options: HttpHearingOptions) {
    this.#options = options;
    this.#hearing = new MemberHearing(options);
  }

  /** The routes by which members reach this one. */
  routes(): readonly HttpRoute[] {
    const { codec, finalHeight, memberOf } = this.#options;
    return messageRoutes({
      ...{ codec, finalHeight, memberOf },
      isMuted: (key) => (this.#mutedUntilMs.get(key) ?? 0) > performance.now(),
      maySendTransactions: (key, sizeBytes) => this.#budget.take(key, sizeBytes),
      hear: (from, payload) => this.#hear(from, payload),
    });
  }

  /** The others of the circle, keys in hex: indices mean these from now on. */
  enter(others: ReadonlySet<string>): void {
    this.#seen.clear();
    this.#budget.keepOnly(others);
    for (const key of this.#mutedUntilMs.keys()) if (!others.has(key)) this.#mutedUntilMs.delete(key);
  }

  mute(key: Uint8Array, durationMs: number): void {
    this.#mutedUntilMs.set(toHex(key), performance.now() + durationMs);
  }

  /** @param listener - Undefined: nobody hears any more. */
  listen(listener: PeerListener | undefined): void {
    this.#listener = listener;
  }

  #hear(from: MemberIndex, payload: Uint8Array): Heard {
    const listener = this.#listener;
    if (listener === undefined) return { read: undefined, refused: 'overloaded', isRepeated: false };
    this.receivedBytes += payload.length;
    this.#options.heard(from);
    const isRepeated = this.#seen.see(from, payload);
    const noting = new NotingListener(listener);
    const epoch = this.#options.epoch();
    const protocol = this.#options.protocolIn(epoch);
    this.#hearing.hear(from, payload, { listener: noting, epoch, protocol });
    return { read: noting.read, refused: noting.refusal, isRepeated };
  }
}
