import type { Block } from '#libs/chain/block.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { EventBus } from '#libs/events/bus.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { EventSource } from '../core/ports.ts';
import { Pause } from './client/pause.ts';
import { FactSender } from './fact-sender.ts';
import type { FactOptions } from './facts.ts';
import { OUTBOX_LIMITS, type OutboxLimits } from './outbox-limits.ts';
import { type OutboxLag, OutboxWait } from './outbox-wait.ts';

/** The part of the event bus that the outbox needs. */
export type OutboxBus = Pick<EventBus, 'publishFact' | 'onConnected'>;

export interface OutboxParts {
  readonly source: EventSource;
  readonly final: FinalFeed;
  readonly bus: OutboxBus;
  readonly facts: FactOptions;
  readonly log: Logger;
  readonly limits?: OutboxLimits;
}

/**
 * Publishes the facts of each final block from the chain store, by a cursor: in order, at least once, and
 * after any time that the bus was away. Holds one block at a time. Consensus never waits for it, and it
 * reads nothing that is not final and durable.
 */
export class EventOutbox {
  readonly #parts: Required<OutboxParts>;
  readonly #pause = new Pause();
  readonly #stops: (() => void)[] = [];
  readonly #sender: FactSender;
  readonly #wait = new OutboxWait(() => performance.now());
  #published: Height;
  #savedAtMs = performance.now();
  #running: Promise<void> = Promise.resolve();
  /** The newest executed block, so that it is not read back from the disk in the moment it was written. */
  #newest: Block | undefined;
  /** A height whose block is damaged, or missing. */
  #awaited: Height | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = { limits: OUTBOX_LIMITS, ...parts };
    this.#sender = new FactSender(this.#parts);
    this.#published = parts.source.eventCursor();
  }

  /** Final blocks whose facts are not published. */
  get blocksWaiting(): bigint {
    return this.#parts.source.executedHeight() - this.#published;
  }

  /** How far the published facts are behind the chain. */
  lag(): OutboxLag {
    return this.#wait.lag(this.blocksWaiting);
  }

  async start(): Promise<void> {
    this.#wait.waits(this.blocksWaiting);
    // While the bus is away a new block is no reason to try again: its return is, or time.
    const executed = (block: Block): void => {
      this.#newest = block;
      this.#wait.waits(this.blocksWaiting);
      if (this.#sender.failures === 0) this.#pause.wake();
    };
    const onConnected = (): void => this.#pause.wake();
    this.#stops.push(this.#parts.final.listen({ executed }), this.#parts.bus.onConnected(onConnected));
    // Consensus never waits for events: a fault of the store is reported by the parts that depend on it.
    this.#running = this.#run().catch((error: unknown) => {
      this.#parts.log.error('no more facts are published', error);
    });
  }

  /** Waits for no answer of the bus: unanswered facts are published again after the next start. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#pause.end();
    this.#sender.end();
    await this.#running;
    try {
      this.#saveCursor();
    } catch (error) {
      this.#parts.log.error('event cursor not saved, the newest facts are repeated', error);
    }
  }

  async #run(): Promise<void> {
    const { source } = this.#parts;
    while (!this.#pause.ended) {
      const isBehind = this.#published < source.executedHeight() && !this.#isAtGap();
      if (isBehind && (await this.#publishNext())) continue;
      await this.#pause.wait(this.#waitMs());
      this.#saveCursorWhenDue();
    }
  }

  /** Facts come in order: those of a block that is still to be fetched are waited for. */
  #isAtGap(): boolean {
    const gap = this.#parts.source.gap();
    const next = this.#published + 1n;
    return gap !== undefined && next >= gap.from && next <= gap.to;
  }

  /** Publishes the facts of one block. False when the block or the bus is not there, or the outbox stops. */
  async #publishNext(): Promise<boolean> {
    const height = toHeight(this.#published + 1n);
    const block = this.#blockAt(height);
    this.#tellOfDamage(height, block !== undefined);
    if (block === undefined || !(await this.#sender.send(block))) return false;
    this.#published = height;
    this.#wait.progressed(this.blocksWaiting);
    this.#saveCursorWhenDue();
    return true;
  }

  #blockAt(height: Height): Block | undefined {
    const newest = this.#newest;
    return newest?.header.height === height ? newest : this.#parts.source.blockAt(height);
  }

  /** A damaged block is fetched again from other members, and facts come in order: those above it wait too. */
  #tellOfDamage(height: Height, isThere: boolean): void {
    const { log } = this.#parts;
    if (isThere === (this.#awaited === undefined)) return;
    this.#awaited = isThere ? undefined : height;
    if (isThere) log.info('block that facts waited for is there, facts go on', { height });
    else log.warn('facts wait for a block that is fetched again', { height });
  }

  #waitMs(): number {
    const { retryMsMin, retryMsMax, cursorMs, idleMs } = this.#parts.limits;
    const { failures } = this.#sender;
    if (failures > 0) return Math.min(retryMsMin * 2 ** (failures - 1), retryMsMax);
    if (this.#awaited !== undefined) return retryMsMax;
    const isSaved = this.#published <= this.#parts.source.eventCursor();
    return isSaved ? idleMs : Math.max(1, this.#savedAtMs + cursorMs - performance.now());
  }

  #saveCursorWhenDue(): void {
    if (performance.now() - this.#savedAtMs >= this.#parts.limits.cursorMs) this.#saveCursor();
  }

  #saveCursor(): void {
    this.#savedAtMs = performance.now();
    const { source } = this.#parts;
    if (this.#published > source.eventCursor()) source.setEventCursor(this.#published);
  }
}
