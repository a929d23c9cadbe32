import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '#libs/bytes/hex.ts';
import { type Epoch, type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';
import type { PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import {
  type AttachRequest,
  type AttachResponse,
  GatewayServiceDefinition,
  TrafficClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { SendBudget } from '../core/send-budget.ts';
import { GatewayAbsence } from './gateway-absence.ts';
import { MemberHearing } from './member-hearing.ts';
import { classOf } from './traffic-class.ts';

const RECONNECT_MS = 200;

/** Bytes handed over while the gateway does not read: more than a view of a large federation, far from all memory. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

export interface GatewayLinkOptions {
  readonly address: string;
  /** First 8 bytes of the genesis digest. */
  readonly chainTag: Uint8Array;
  readonly limits: WireLimits;
  readonly log: Logger;
}

/** The part of the stream to the gateway that is used here. */
interface Attachment {
  cancel(): void;
  send(request: AttachRequest): boolean;
  writable(): Promise<void>;
}

/** The empty circle, before the node names its peers. */
const NOBODY: Circle = { epoch: toEpoch(0n), keys: [], me: undefined };

/** The one kept-open stream to this member's gateway; attaches again whenever it breaks. */
export class GatewayLink implements PeerPort {
  readonly #options: GatewayLinkOptions;
  readonly #client;
  #circle: Circle = NOBODY;
  #memberOf: ReadonlyMap<string, MemberIndex> = new Map();
  /** The peers that the gateway knows of, and may be asked to reach; keys in hex. */
  #told: ReadonlySet<string> = new Set();
  /** Keys in hex: a connected peer stays connected when indices change. */
  readonly #connected = new Set<string>();
  readonly #abort = new AbortController();
  readonly #hearing: MemberHearing;
  readonly #absence: GatewayAbsence;
  #stream: Attachment | undefined;
  readonly #sendBudget = new SendBudget();
  #unreadBytes = 0;
  #droppedFrames = 0;
  #sentBytes = 0;
  #receivedBytes = 0;
  #running: Promise<void> | undefined;
  #listener: PeerListener | undefined;
  /** The attachment ends because another one is wanted. */
  #isMovingOn = false;

  constructor(options: GatewayLinkOptions) {
    this.#options = options;
    this.#absence = new GatewayAbsence(options.log);
    this.#hearing = new MemberHearing(options);
    this.#client = grpcClient(GatewayServiceDefinition, { address: options.address, deadlineMs: 5_000 });
  }

  get isAttached(): boolean {
    return this.#stream !== undefined;
  }

  /** Frames dropped since start: the gateway did not read, or one member asked for too many. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** Messages of members since the start; one to all counts once, because the gateway multiplies it. */
  get traffic(): { readonly sentBytes: number; readonly receivedBytes: number } {
    return { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes };
  }

  connected(): readonly MemberIndex[] {
    return [...this.#connected].flatMap((key) => this.#memberOf.get(key) ?? []).sort((a, b) => a - b);
  }

  /**
   * Meets another circle of members and guests. The attachment is made anew only for peers that the gateway
   * does not know of yet.
   */
  enter(circle: Circle): void {
    this.#circle = circle;
    this.#memberOf = indicesOf(circle);
    if (this.#stream !== undefined && ![...this.#memberOf.keys()].every((key) => this.#told.has(key))) {
      this.#isMovingOn = true;
      this.#stream.cancel();
    }
  }

  /** Sends a message. Messages that cannot be sent now are lost: the protocol repeats those that still matter. */
  send(to: MemberIndex | 'all', body: PeerMessageBody, epoch: Epoch = this.#circle.epoch): void {
    if (this.#stream === undefined) return;
    const key = to === 'all' ? undefined : this.#circle.keys[to];
    if (to !== 'all' && key === undefined) return;
    const payload = encodePeerMessage(body, { chainTag: this.#options.chainTag, epoch });
    const trafficClass = classOf(body);
    if (to !== 'all' && trafficClass === TrafficClass.CONSENSUS && !this.#maySend(to, payload.length)) return;
    const frame = { to: key === undefined ? [] : [key], trafficClass, payload };
    this.#options.log.debug('peer message sent', { type: body.kind, size_bytes: payload.length, member: to });
    this.#write(this.#stream, { body: { $case: 'send', value: frame } }, payload.length);
  }

  /** Asks the gateway not to read from a member for a while, so that its messages cost nothing here. */
  mute(member: MemberIndex, durationMs: number): void {
    const publicKey = this.#circle.keys[member];
    if (publicKey === undefined) return;
    this.#stream?.send({ body: { $case: 'mute', value: { publicKey, durationMs } } });
  }

  /**
   * Whether the budget of a member allows a message: proofs for a member that asks without end would delay the
   * votes for the others. Sync has a budget of its own.
   */
  #maySend(to: MemberIndex, sizeBytes: number): boolean {
    if (this.#sendBudget.take(to, sizeBytes, performance.now())) return true;
    this.#droppedFrames += 1;
    this.#listener?.noticed(to, 'more asked for than is sent to a member');
    return false;
  }

  /**
   * gRPC queues without bound when its peer stops reading, so this method counts the unread bytes and drops frames
   * above the limit.
   */
  #write(stream: Attachment, request: AttachRequest, sizeBytes: number): void {
    if (this.#unreadBytes + sizeBytes > UNREAD_BYTES_MAX) {
      this.#droppedFrames += 1;
      return;
    }
    this.#sentBytes += sizeBytes;
    if (stream.send(request)) return;
    const isFirst = this.#unreadBytes === 0;
    this.#unreadBytes += sizeBytes;
    if (!isFirst) return;
    const drained = (): void => {
      this.#unreadBytes = 0;
    };
    stream.writable().then(drained, drained);
  }

  start(listener: PeerListener): void {
    this.#listener = listener;
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.#client.close();
  }

  async #run(listener: PeerListener): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      this.#absence.begins();
      try {
        await this.#attach(listener);
        this.#absence.ended();
      } catch (error) {
        this.#absence.ended(signal.aborted || this.#isMovingOn ? undefined : error);
      }
      this.#stream = undefined;
      this.#unreadBytes = 0;
      this.#connected.clear();
      const mustWait = !signal.aborted && !this.#isMovingOn;
      this.#isMovingOn = false;
      if (mustWait) await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #attach(listener: PeerListener): Promise<void> {
    const { keys, me } = this.#circle;
    const stream = this.#client.attach();
    const cancel = () => stream.cancel();
    this.#abort.signal.addEventListener('abort', cancel, { once: true });
    const others = keys.filter((_, index) => index !== me);
    this.#told = new Set(keys.map(toHex));
    const hello = { chainTag: this.#options.chainTag, memberPublicKeys: others };
    stream.send({ body: { $case: 'hello', value: hello } });
    this.#stream = stream;
    try {
      for await (const response of stream.responses) this.#take(response, listener);
    } finally {
      this.#abort.signal.removeEventListener('abort', cancel);
    }
  }

  #take({ body }: AttachResponse, listener: PeerListener): void {
    if (body === undefined) return;
    if (body.$case === 'received') {
      this.#receivedBytes += body.value.payload.length;
      const from = this.#memberOf.get(toHex(body.value.from));
      if (from !== undefined)
        this.#hearing.hear(from, body.value.payload, { listener, epoch: this.#circle.epoch });
      return;
    }
    const key = toHex(body.value.publicKey);
    if (!body.value.connected) {
      this.#connected.delete(key);
      return;
    }
    this.#connected.add(key);
    const member = this.#memberOf.get(key);
    if (member !== undefined) listener.connected(member);
  }
}

function indicesOf({ keys }: Circle): ReadonlyMap<string, MemberIndex> {
  return new Map(keys.map((key, index) => [toHex(key), index as MemberIndex]));
}
