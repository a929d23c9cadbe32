import type { MemberIndex } from '#libs/chain/ids.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { BODY_BYTES_MAX } from '#libs/http/limits.ts';
import type { Logger } from '#libs/log/logger.ts';
import { nameOf } from '#libs/peer-wire/peer-bodies.ts';
import type { PeerEnvelope } from '#libs/peer-wire/peer-envelope.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { SendBudget } from '../../../core/send-budget.ts';
import { classOf } from '../../traffic-class.ts';
import { fitting } from './fitting-messages.ts';
import type { JsonMessage, MessageJson } from './message-json.ts';
import type { OutgoingRequest } from './peer-lane.ts';
import { routeOf } from './routes-of-messages.ts';

/** Kinds of messages that were once too large, each logged once. */
const LOGGED_KINDS_MAX = 32;

export interface HttpSendingOptions {
  readonly codec: MessageJson;
  readonly log: Logger;
  /** A member asked for more than is sent to one. */
  readonly refused: (to: MemberIndex) => void;
}

/** A message in the class that it goes by. */
export interface RoutedMessage extends OutgoingRequest {
  readonly trafficClass: TrafficClass;
  readonly sizeBytes: number;
}

/** Makes messages of the node into requests: in JSON, small enough for one body, within the budget of each member. */
export class HttpSending {
  readonly #options: HttpSendingOptions;
  readonly #budget = new SendBudget();
  readonly #logged = new Set<string>();
  dropped = 0;

  constructor(options: HttpSendingOptions) {
    this.#options = options;
  }

  requestsOf(
    to: MemberIndex | 'all',
    body: PeerMessageBody,
    { form, ...envelope }: PeerEnvelope & { readonly form: MessageForm | undefined },
  ): readonly RoutedMessage[] {
    const written = new Map<PeerMessageBody, Written>();
    const write = (each: PeerMessageBody): Written => {
      const known = written.get(each) ?? this.#write(each, envelope, form);
      written.set(each, known);
      return known;
    };
    const bodies = fitting(body, (each) => Buffer.byteLength(write(each).message.json) <= BODY_BYTES_MAX);
    if (bodies.length === 0) this.#tooLarge(body);
    return bodies.flatMap((each) => {
      const { message, payload } = write(each);
      const trafficClass = classOf(each);
      if (!this.#maySend(to, trafficClass, payload.length)) return [];
      const { json, kind, value } = message;
      return [{ route: routeOf(kind, value), json, trafficClass, sizeBytes: payload.length }];
    });
  }

  #write(body: PeerMessageBody, envelope: PeerEnvelope, form: MessageForm | undefined): Written {
    const payload = encodePeerMessage(body, envelope, form);
    return { payload, message: this.#options.codec.toJson(payload) };
  }

  /** Proofs for a member that asks without end would delay the votes for the others; sync has a budget of its own. */
  #maySend(to: MemberIndex | 'all', trafficClass: TrafficClass, sizeBytes: number): boolean {
    if (to === 'all' || trafficClass !== TrafficClass.CONSENSUS) return true;
    if (this.#budget.take(to, sizeBytes, performance.now())) return true;
    this.dropped += 1;
    this.#options.refused(to);
    return false;
  }

  #tooLarge(body: PeerMessageBody): void {
    this.dropped += 1;
    const kind = nameOf(body);
    if (this.#logged.has(kind) || this.#logged.size >= LOGGED_KINDS_MAX) return;
    this.#logged.add(kind);
    const cure = `a body has at most ${BODY_BYTES_MAX} bytes: a handover to fewer members or smaller blocks makes it smaller`;
    this.#options.log.error('message for members fits no body, it is dropped', cure, { type: kind });
  }
}

interface Written {
  readonly payload: Uint8Array;
  readonly message: JsonMessage;
}
