import { toHex } from '#libs/bytes/hex.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { AttachResponse, Hello } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { CirclePresence } from './circle-presence.ts';
import type { GatewayLinkOptions } from './gateway-link-options.ts';
import { HeardMembers } from './heard-members.ts';
import { KeptAttachment } from './kept-attachment.ts';
import { MemberHearing } from './member-hearing.ts';
import { MemberSending } from './member-sending.ts';
import type { PeerLink } from './peer-link.ts';

/** The other members and guests, as this member reaches them through its gateway. */
export class GatewayLink implements PeerLink {
  readonly #options: GatewayLinkOptions;
  readonly #attachment: KeptAttachment;
  readonly #presence = new CirclePresence(() => performance.now());
  readonly #heard = new HeardMembers(() => performance.now());
  /** The peers that the gateway knows of, and may be asked to reach; keys in hex. */
  #told: ReadonlySet<string> = new Set();
  readonly #hearing: MemberHearing;
  readonly #sending: MemberSending;
  #receivedBytes = 0;
  #listener: PeerListener | undefined;

  constructor(options: GatewayLinkOptions) {
    this.#options = options;
    this.#attachment = new KeptAttachment(options);
    this.#hearing = new MemberHearing(options);
    this.#sending = new MemberSending({
      chainTag: options.chainTag,
      log: options.log,
      refused: (to) => this.#listener?.noticed(to, 'more asked for than is sent to a member'),
    });
  }

  get isAttached(): boolean {
    return this.#attachment.output !== undefined;
  }

  /** Frames dropped since start: the gateway did not read, or one member asked for too many. */
  get droppedFrames(): number {
    return this.#sending.droppedFrames;
  }

  /** Messages of members since the start; one to all counts once, because the gateway multiplies it. */
  get traffic(): { readonly sentBytes: number; readonly receivedBytes: number } {
    return { sentBytes: this.#sending.sentBytes, receivedBytes: this.#receivedBytes };
  }

  connected(): readonly MemberIndex[] {
    return this.#presence.connected();
  }

  /** The members and guests of the circle, and their connections. */
  get presence(): Pick<CirclePresence, 'circle' | 'linkOf'> {
    return this.#presence;
  }

  /** Milliseconds since each connected member was heard. */
  silence(): ReadonlyMap<MemberIndex, number> {
    return this.#heard.silence(this.connected());
  }

  /**
   * Meets another circle of members and guests. The attachment is made anew only for peers that the gateway
   * does not know of yet.
   */
  enter(circle: Circle): void {
    this.#presence.enter(circle);
    this.#heard.begin();
    if (![...this.#presence.keys()].every((key) => this.#told.has(key))) this.#attachment.renew();
  }

  /** Sends a message. Messages that cannot be sent now are lost: the protocol repeats those that still matter. */
  send(
    to: MemberIndex | 'all',
    body: PeerMessageBody,
    epoch: Epoch = this.#presence.circle.epoch,
    form?: MessageForm,
  ): void {
    const { output } = this.#attachment;
    if (output === undefined) return;
    const traceparent = this.#options.traceparentOf?.(to, body);
    const said = { epoch, protocol: this.#options.protocolIn(epoch), form, traceparent };
    const key = to === 'all' ? undefined : this.#presence.circle.keys[to];
    if (to === 'all') this.#sending.send(output, to, body, said);
    else if (key !== undefined) this.#sending.send(output, { to, key }, body, said);
  }

  /** Asks the gateway not to read from a member for a while, so that its messages cost nothing here. */
  mute(member: MemberIndex, durationMs: number): void {
    const publicKey = this.#presence.circle.keys[member];
    if (publicKey === undefined) return;
    this.#attachment.output?.send({ body: { $case: 'mute', value: { publicKey, durationMs } } });
  }

  start(listener: PeerListener): void {
    this.#listener = listener;
    this.#attachment.start({
      hello: () => this.#hello(),
      take: (response) => this.#take(response, listener),
      ended: () => {
        this.#sending.restart();
        this.#presence.clear();
      },
    });
  }

  async stop(): Promise<void> {
    await this.#attachment.stop();
  }

  #hello(): Hello {
    const { keys, me } = this.#presence.circle;
    this.#told = new Set(keys.map(toHex));
    const others = keys.filter((_, index) => index !== me);
    const { chainTag, nameOf } = this.#options;
    return { chainTag, memberPublicKeys: others, memberNames: others.map(nameOf) };
  }

  #take({ body }: AttachResponse, listener: PeerListener): void {
    if (body === undefined) return;
    if (body.$case === 'received') {
      this.#receivedBytes += body.value.payload.length;
      const from = this.#presence.memberOf(body.value.from);
      if (from !== undefined) this.#heard.heard(from);
      const { epoch } = this.#presence.circle;
      const protocol = this.#options.protocolIn(epoch);
      if (from !== undefined) this.#hearing.hear(from, body.value.payload, { listener, epoch, protocol });
      return;
    }
    const { publicKey, connected } = body.value;
    this.#presence.setConnected(publicKey, connected);
    const member = this.#presence.memberOf(publicKey);
    if (!connected || member === undefined) return;
    this.#heard.heard(member);
    listener.connected(member);
  }
}
