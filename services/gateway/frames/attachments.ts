import { GatewayError } from '../core/errors.ts';
import { DETACHED_BOUND, INBOX_BOUND } from '../core/limits.ts';
import { type FrameDelivery, Inbox, type InboxOptions, type PushResult } from './rules/inbox.ts';

/** An event for consensus. */
export type AttachmentEvent =
  | { readonly kind: 'peer'; readonly key: string; readonly connected: boolean }
  | { readonly kind: 'frame'; readonly delivery: FrameDelivery };

/** The attachment of one consensus, until a newer one attaches. */
export class Attachment {
  /** Last news of each peer: an older one is of no use to anybody. */
  readonly #changes = new Map<string, boolean>();
  readonly #take: () => FrameDelivery | undefined;
  #wake: (() => void) | undefined;
  #end: 'left' | 'replaced' | undefined;

  constructor(take: () => FrameDelivery | undefined, connected: readonly string[]) {
    this.#take = take;
    for (const key of connected) this.#changes.set(key, true);
  }

  peerChanged(key: string, connected: boolean): void {
    this.#changes.delete(key);
    this.#changes.set(key, connected);
    this.wake();
  }

  /** Wakes the reader: an event may be ready. */
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Whether it ended, by either side. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  end(cause: 'left' | 'replaced'): void {
    this.#end ??= cause;
    this.wake();
  }

  /**
   * News of peers first, so that a frame never comes from a peer that is not there yet, then frames.
   *
   * @throws GatewayError GATEWAY_REPLACED when a newer consensus attached.
   */
  async *events(): AsyncGenerator<AttachmentEvent, void> {
    while (this.#end === undefined) {
      const event = this.#next();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#end === 'left') return;
    throw new GatewayError('another consensus service attached to this gateway', {
      code: 'GATEWAY_REPLACED',
    });
  }

  #next(): AttachmentEvent | undefined {
    for (const [key, connected] of this.#changes) {
      this.#changes.delete(key);
      return { kind: 'peer', key, connected };
    }
    const delivery = this.#take();
    return delivery === undefined ? undefined : { kind: 'frame', delivery };
  }
}

/** The one place where consensus attaches: at most one at a time, the newest (gateway_service.proto). */
export class Attachments {
  readonly #inbox: Inbox;
  #current: Attachment | undefined;

  /**
   * @param told - Called when a peer's class may be read again, and when a frame is dropped because the peer's
   * share is full.
   */
  constructor(told: Pick<InboxOptions, 'onRoom' | 'onDropped'>) {
    this.#inbox = new Inbox({ bounds: INBOX_BOUND, detachedBound: DETACHED_BOUND, ...told });
  }

  get isAttached(): boolean {
    return this.#current?.isOver === false;
  }

  /** Frames from peers that were dropped before consensus took them. */
  get dropped(): number {
    return this.#inbox.dropped;
  }

  /** @param connected - Keys of the connected peers: the first events of the new attachment. */
  attach(connected: readonly string[]): Attachment {
    this.#current?.end('replaced');
    this.#current = new Attachment(() => this.#inbox.take(), connected);
    this.#inbox.setAttached(true);
    return this.#current;
  }

  /** Ends an attachment; a newer attachment is not touched. */
  detach(attachment: Attachment): void {
    attachment.end('left');
    if (this.#current !== attachment) return;
    this.#current = undefined;
    this.#inbox.setAttached(false);
  }

  receive(delivery: FrameDelivery): PushResult {
    const result = this.#inbox.push(delivery);
    this.#current?.wake();
    return result;
  }

  /** Consensus wants nothing of a peer: its waiting frames are dropped. */
  forget(peer: string): void {
    this.#inbox.forget(peer);
  }

  peerChanged(key: string, connected: boolean): void {
    this.#current?.peerChanged(key, connected);
  }
}
