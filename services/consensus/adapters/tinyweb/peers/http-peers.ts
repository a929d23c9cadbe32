import { toHex } from '#libs/bytes/hex.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { HttpRoute } from '#libs/http/route.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { CirclePresence } from '../../circle-presence.ts';
import type { GatewayLinkOptions } from '../../gateway-link-options.ts';
import { HeardMembers } from '../../heard-members.ts';
import type { PeerLink } from '../../peer-link.ts';
import { DialledPeers, type HttpIdentity } from './dialled-peers.ts';
import { HttpHearing } from './http-hearing.ts';
import { HttpSending } from './http-sending.ts';
import type { MessageJson } from './message-json.ts';

export interface HttpPeersOptions extends Omit<GatewayLinkOptions, 'address'> {
  readonly codec: MessageJson;
  /** Height of the newest final block here. */
  readonly finalHeight: () => bigint;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of each message that a peer did not take. @param peer - Its name; empty where none is known. */
  readonly failed: (peer: string) => void;
}

/** The other members and guests, as this member reaches them by HTTP and JSON: the same messages as through a gateway. */
export class HttpPeers implements PeerLink {
  readonly #options: HttpPeersOptions;
  readonly #presence = new CirclePresence(() => performance.now());
  readonly #heard = new HeardMembers(() => performance.now());
  readonly #hearing: HttpHearing;
  readonly #sending: HttpSending;
  readonly #dialled: DialledPeers;
  #listener: PeerListener | undefined;
  #sentBytes = 0;

  constructor(options: HttpPeersOptions) {
    this.#options = options;
    this.#hearing = new HttpHearing({
      ...options,
      memberOf: (key) => this.#presence.memberOf(key),
      epoch: () => this.#presence.circle.epoch,
      heard: (from) => this.#heard.heard(from),
    });
    this.#dialled = new DialledPeers({ ...options, onChange: (...change) => this.#changed(...change) });
    this.#sending = new HttpSending({
      codec: options.codec,
      log: options.log,
      refused: (to) => this.#listener?.noticed(to, 'more asked for than is sent to a member'),
    });
  }

  /** The server listens from its start to its stop, and the process ends where it cannot. */
  get isAttached(): boolean {
    return this.#dialled.isIdentified;
  }

  get droppedFrames(): number {
    return this.#dialled.dropped + this.#sending.dropped;
  }

  get traffic(): { readonly sentBytes: number; readonly receivedBytes: number } {
    return { sentBytes: this.#sentBytes, receivedBytes: this.#hearing.receivedBytes };
  }

  get presence(): Pick<CirclePresence, 'circle' | 'linkOf'> {
    return this.#presence;
  }

  connected(): readonly MemberIndex[] {
    return this.#presence.connected();
  }

  silence(): ReadonlyMap<MemberIndex, number> {
    return this.#heard.silence(this.connected());
  }

  /** The routes by which members reach this one. */
  routes(): readonly HttpRoute[] {
    return this.#hearing.routes();
  }

  /** The identity of this member, and the places of the others: before `start`, and again whenever peers.yaml changes. */
  identify(identity: HttpIdentity): void {
    this.#dialled.identify(identity);
  }

  enter(circle: Circle): void {
    this.#presence.enter(circle);
    this.#heard.begin();
    const others = this.#others();
    this.#hearing.enter(others);
    this.#dialled.dialOnly(others);
  }

  /** Sends a message; where a peer is away, the newest few of its votes wait for it. */
  send(
    to: MemberIndex | 'all',
    body: PeerMessageBody,
    epoch: Epoch = this.#presence.circle.epoch,
    form?: MessageForm,
  ): void {
    const { chainTag, protocolIn, traceparentOf } = this.#options;
    const key = to === 'all' ? undefined : this.#presence.circle.keys[to];
    if (to !== 'all' && key === undefined) return;
    traceparentOf?.(to, body);
    const envelope = { chainTag, epoch, protocol: protocolIn(epoch), form };
    for (const message of this.#sending.requestsOf(to, body, envelope)) {
      this.#sentBytes += message.sizeBytes;
      this.#dialled.send(key, message);
    }
  }

  mute(member: MemberIndex, durationMs: number): void {
    const key = this.#presence.circle.keys[member];
    if (key !== undefined) this.#hearing.mute(key, durationMs);
  }

  start(listener: PeerListener): void {
    this.#listener = listener;
    this.#hearing.listen(listener);
    this.#dialled.start();
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    this.#hearing.listen(undefined);
    await this.#dialled.stop();
  }

  #others(): ReadonlySet<string> {
    const { keys, me } = this.#presence.circle;
    return new Set(keys.filter((_, index) => index !== me).map(toHex));
  }

  #changed(key: Uint8Array, isUp: boolean, reason?: string): void {
    this.#presence.setConnected(key, isUp);
    const { log, nameOf } = this.#options;
    const peer = nameOf(key);
    if (reason !== undefined) log.warn('peer does not answer', { peer, reason });
    if (!isUp) return;
    log.info('peer answers', { peer });
    const member = this.#presence.memberOf(key);
    if (member === undefined) return;
    this.#heard.heard(member);
    this.#listener?.connected(member);
  }
}
