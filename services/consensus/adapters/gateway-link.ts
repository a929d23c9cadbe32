import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '#libs/bytes/hex.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import {
  type AttachRequest,
  type AttachResponse,
  GatewayServiceDefinition,
  TrafficClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import type { PeerPort } from '../core/engine-ports.ts';
import type { PeerMessageBody } from '../core/peer-message.ts';
import { SendBudget } from '../core/send-budget.ts';
import { decodePeerMessage, encodePeerMessage, type PeerEnvelope } from './wire/peer-message.ts';

const RECONNECT_MS = 200;

/** Bytes handed over while the gateway does not read: more than a view of a large federation, far from all memory. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

/** Faults of ours that are logged, each once: whoever provokes one could do so ten thousand times. */
const LOGGED_FAULTS_MAX = 64;

export interface GatewayLinkOptions {
  readonly address: string;
  readonly envelope: PeerEnvelope;
  readonly limits: WireLimits;
  /** Raw Ed25519 keys, by member index. */
  readonly memberKeys: readonly Uint8Array[];
  readonly me: MemberIndex | undefined;
  readonly log: Logger;
}

/** What is used of the stream to the gateway. */
interface Attachment {
  send(request: AttachRequest): boolean;
  writable(): Promise<void>;
}

export interface GatewayListener {
  /** Whether messages of this member are read at all: asked before a byte of them is looked at. */
  hears(from: MemberIndex): boolean;
  received(from: MemberIndex, body: PeerMessageBody): void;
  refused(from: MemberIndex, cause: RefusalCause, detail: string): void;
  connected(member: MemberIndex): void;
}

/** The one kept-open stream to this member's gateway; attaches again whenever it breaks. */
export class GatewayLink implements PeerPort {
  readonly #options: GatewayLinkOptions;
  readonly #client;
  readonly #memberOf: ReadonlyMap<string, MemberIndex>;
  readonly #connected = new Set<MemberIndex>();
  readonly #abort = new AbortController();
  readonly #loggedFaults = new Set<string>();
  #stream: Attachment | undefined;
  readonly #sendBudget = new SendBudget();
  #unreadBytes = 0;
  #droppedFrames = 0;
  #running: Promise<void> | undefined;

  constructor(options: GatewayLinkOptions) {
    this.#options = options;
    this.#memberOf = new Map(options.memberKeys.map((key, index) => [toHex(key), index as MemberIndex]));
    this.#client = grpcClient(GatewayServiceDefinition, { address: options.address, deadlineMs: 5_000 });
  }

  get isAttached(): boolean {
    return this.#stream !== undefined;
  }

  /** Frames dropped since start: the gateway did not read, or one member asked for too many. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  connected(): readonly MemberIndex[] {
    return [...this.#connected].sort((a, b) => a - b);
  }

  /** What cannot be sent now is lost: the protocol says again what still matters. */
  send(to: MemberIndex | 'all', body: PeerMessageBody): void {
    const { envelope, memberKeys } = this.#options;
    if (this.#stream === undefined) return;
    const key = to === 'all' ? undefined : memberKeys[to];
    if (to !== 'all' && key === undefined) return;
    const payload = encodePeerMessage(body, envelope);
    const trafficClass = classOf(body);
    if (to !== 'all' && trafficClass === TrafficClass.CONSENSUS && !this.#maySend(to, payload.length)) return;
    const frame = { to: key === undefined ? [] : [key], trafficClass, payload };
    this.#options.log.debug('peer message sent', { type: body.kind, sizeBytes: payload.length, member: to });
    this.#write(this.#stream, { body: { $case: 'send', value: frame } }, payload.length);
  }

  /** Has the gateway not read a member for a while, so that what it sends costs nothing here. */
  mute(member: MemberIndex, durationMs: number): void {
    const publicKey = this.#options.memberKeys[member];
    if (publicKey === undefined) return;
    this.#stream?.send({ body: { $case: 'mute', value: { publicKey, durationMs } } });
  }

  /** Proofs for one that asks without end would keep the votes for the others waiting: sync has a budget of its own. */
  #maySend(to: MemberIndex, sizeBytes: number): boolean {
    if (this.#sendBudget.take(to, sizeBytes, performance.now())) return true;
    this.#droppedFrames += 1;
    return false;
  }

  /** gRPC queues without bound when its peer stops reading, so what is unread is counted here. */
  #write(stream: Attachment, request: AttachRequest, sizeBytes: number): void {
    if (this.#unreadBytes + sizeBytes > UNREAD_BYTES_MAX) {
      this.#droppedFrames += 1;
      return;
    }
    if (stream.send(request)) return;
    const isFirst = this.#unreadBytes === 0;
    this.#unreadBytes += sizeBytes;
    if (!isFirst) return;
    const drained = (): void => {
      this.#unreadBytes = 0;
    };
    stream.writable().then(drained, drained);
  }

  start(listener: GatewayListener): void {
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.#client.close();
  }

  async #run(listener: GatewayListener): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#attach(listener);
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn('gateway attachment ended', { error: String(error) });
      }
      this.#stream = undefined;
      this.#unreadBytes = 0;
      this.#connected.clear();
      if (!signal.aborted) await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #attach(listener: GatewayListener): Promise<void> {
    const { envelope, memberKeys, me } = this.#options;
    const stream = this.#client.attach();
    const cancel = () => stream.cancel();
    this.#abort.signal.addEventListener('abort', cancel, { once: true });
    const others = memberKeys.filter((_, index) => index !== me);
    const hello = { chainTag: envelope.chainTag, memberPublicKeys: others };
    stream.send({ body: { $case: 'hello', value: hello } });
    this.#stream = stream;
    try {
      for await (const response of stream.responses) this.#take(response, listener);
    } finally {
      this.#abort.signal.removeEventListener('abort', cancel);
    }
  }

  #take({ body }: AttachResponse, listener: GatewayListener): void {
    if (body === undefined) return;
    if (body.$case === 'received') {
      const from = this.#memberOf.get(toHex(body.value.from));
      if (from !== undefined) this.#hear(from, body.value.payload, listener);
      return;
    }
    const member = this.#memberOf.get(toHex(body.value.publicKey));
    if (member === undefined) return;
    if (!body.value.connected) {
      this.#connected.delete(member);
      return;
    }
    this.#connected.add(member);
    listener.connected(member);
  }

  /** One message that we fail to handle is dropped: it must not cost the connection to every member. */
  #hear(from: MemberIndex, payload: Uint8Array, listener: GatewayListener): void {
    try {
      this.#decode(from, payload, listener);
    } catch (error) {
      listener.refused(from, 'invalid', 'it could not be handled');
      if (this.#loggedFaults.size >= LOGGED_FAULTS_MAX || this.#loggedFaults.has(String(error))) return;
      this.#loggedFaults.add(String(error));
      this.#options.log.error('message of a member could not be handled, it is dropped', error, { from });
    }
  }

  #decode(from: MemberIndex, payload: Uint8Array, listener: GatewayListener): void {
    if (!listener.hears(from)) return listener.refused(from, 'overloaded', 'muted');
    const { envelope, limits } = this.#options;
    const decoded = decodePeerMessage(payload, { ...envelope, limits });
    if (decoded.ok) {
      const { kind: type } = decoded.body;
      this.#options.log.debug('peer message received', { type, sizeBytes: payload.length, member: from });
      listener.received(from, decoded.body);
    } else listener.refused(from, decoded.cause, decoded.detail);
  }
}

function classOf({ kind }: PeerMessageBody): TrafficClass {
  switch (kind) {
    case 'transactions':
      return TrafficClass.TRANSACTION;
    case 'blocks-request':
    case 'blocks-response':
    case 'block-request':
    case 'block-response':
    case 'evidence':
    case 'snapshot-request':
    case 'snapshot-response':
    case 'chunk-request':
    case 'chunk-response':
    case 'whereabouts':
      return TrafficClass.SYNC;
    default:
      return TrafficClass.CONSENSUS;
  }
}
