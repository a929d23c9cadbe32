import type { MemberIndex } from '#libs/chain/ids.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Logger } from '#libs/log/logger.ts';
import { nameOf } from '#libs/peer-wire/peer-bodies.ts';
import type { PeerEnvelope } from '#libs/peer-wire/peer-envelope.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { type AttachRequest, TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { SendBudget } from '../core/send-budget.ts';
import { classOf } from './traffic-class.ts';

/** Bytes handed over while the gateway does not read: more than a view of a large federation, far from all memory. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

/** The part of it that answers and transactions may fill: a member that asks for many blocks at once must not have votes dropped. */
const UNREAD_BYTES_BESIDE_VOTES_MAX = UNREAD_BYTES_MAX / 2;

export interface MemberSendingOptions {
  /** First 8 bytes of the genesis digest. */
  readonly chainTag: Uint8Array;
  readonly log: Logger;
  /** A member asked for more than is sent to one. */
  readonly refused: (to: MemberIndex) => void;
}

/** The epoch that a message is said in, with the messages of its protocol. */
export interface SaidIn extends Pick<PeerEnvelope, 'epoch' | 'protocol'> {
  /** That of the certificates in it; whole when left out. */
  readonly form?: MessageForm | undefined;
  /** Header of the span that sends it, for the gateway alone. */
  readonly traceparent?: string | undefined;
}

/** The part of the stream to the gateway that messages are written to. */
export interface GatewayOutput {
  /** @returns false when the other end does not read. */
  send(request: AttachRequest): boolean;
  /** Resolves once it reads again. */
  writable(): Promise<void>;
}

/** The addressee of a message: one member with its key, or all. */
export type Addressee = { readonly to: MemberIndex; readonly key: Uint8Array } | 'all';

/** The way of messages from the node to the stream to the gateway, within the bounds of memory and of each member. */
export class MemberSending {
  readonly #options: MemberSendingOptions;
  readonly #budget = new SendBudget();
  #unreadBytes = 0;
  #droppedFrames = 0;
  #sentBytes = 0;

  constructor(options: MemberSendingOptions) {
    this.#options = options;
  }

  /** Frames dropped since start: the gateway did not read, or one member asked for too many. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** Bytes of messages since start; one to all counts once, because the gateway multiplies it. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Another stream begins: nothing in it is unread. */
  restart(): void {
    this.#unreadBytes = 0;
  }

  send(
    output: GatewayOutput,
    addressee: Addressee,
    body: PeerMessageBody,
    { form, traceparent = '', ...said }: SaidIn,
  ): void {
    const { chainTag, log } = this.#options;
    const payload = encodePeerMessage(body, { chainTag, ...said }, form);
    const trafficClass = classOf(body);
    const isAll = addressee === 'all';
    const isVote = trafficClass === TrafficClass.CONSENSUS;
    if (!isAll && isVote && !this.#maySend(addressee.to, payload.length)) return;
    const frame = { to: isAll ? [] : [addressee.key], trafficClass, payload, traceparent };
    const member = isAll ? addressee : addressee.to;
    log.debug('peer message sent', { type: nameOf(body), size_bytes: payload.length, member });
    const hasRoom =
      this.#unreadBytes + payload.length <= (isVote ? UNREAD_BYTES_MAX : UNREAD_BYTES_BESIDE_VOTES_MAX);
    if (hasRoom) this.#write(output, { body: { $case: 'send', value: frame } }, payload.length);
    else this.#droppedFrames += 1;
  }

  /**
   * Whether the budget of a member allows a message: proofs for a member that asks without end would delay the
   * votes for the others. Sync has a budget of its own.
   */
  #maySend(to: MemberIndex, sizeBytes: number): boolean {
    if (this.#budget.take(to, sizeBytes, performance.now())) return true;
    this.#droppedFrames += 1;
    this.#options.refused(to);
    return false;
  }

  /**
   * gRPC queues without bound when its peer stops reading, so this method counts the unread bytes: frames above the limit are
   * dropped.
   */
  #write(output: GatewayOutput, request: AttachRequest, sizeBytes: number): void {
    this.#sentBytes += sizeBytes;
    if (output.send(request)) return;
    const isFirst = this.#unreadBytes === 0;
    this.#unreadBytes += sizeBytes;
    if (!isFirst) return;
    const drained = (): void => {
      this.#unreadBytes = 0;
    };
    output.writable().then(drained, drained);
  }
}
