import type { Block } from '#libs/chain/block.ts';
import type { EventBus, Fact } from '#libs/events/bus.ts';
import type { Logger } from '#libs/log/logger.ts';
import { type FactOptions, factsOfBlock } from './facts.ts';
import type { OutboxLimits } from './outbox-limits.ts';

export interface FactSenderParts {
  readonly bus: Pick<EventBus, 'publishFact'>;
  readonly facts: FactOptions;
  readonly log: Logger;
  readonly limits: Pick<OutboxLimits, 'inFlightMax'>;
}

/** Sends the facts of a block, a bounded number at a time, and says once that the bus is away, or back. */
export class FactSender {
  readonly #parts: FactSenderParts;
  #failures = 0;
  #hasEnded = false;
  #interrupt: () => void = () => {};

  constructor(parts: FactSenderParts) {
    this.#parts = parts;
  }

  /** Failures since the bus took facts last; 0 while it is there. */
  get failures(): number {
    return this.#failures;
  }

  /** Waits for no answer any more. */
  end(): void {
    this.#hasEnded = true;
    this.#interrupt();
  }

  /** @returns whether the bus has them all; false when it is away, or the sender has ended. */
  async send(block: Block): Promise<boolean> {
    const { limits, facts: options } = this.#parts;
    const facts = factsOfBlock(block, options);
    for (
      let some = take(facts, limits.inFlightMax);
      some.length > 0;
      some = take(facts, limits.inFlightMax)
    ) {
      if (!(await this.#sendSome(some, block))) return false;
    }
    return true;
  }

  async #sendSome(facts: readonly Fact[], { header }: Block): Promise<boolean> {
    const { bus, log } = this.#parts;
    try {
      const published = Promise.all(facts.map((fact) => bus.publishFact(fact)));
      await new Promise<void>((resolve, reject) => {
        this.#interrupt = resolve;
        published.then(() => resolve(), reject);
      });
    } catch (cause) {
      this.#failures += 1;
      if (this.#failures === 1) log.warn('event bus away, facts wait in the chain', { cause: String(cause) });
      return false;
    }
    if (this.#failures > 0) log.info('event bus back, facts go on', { published: header.height - 1n });
    this.#failures = 0;
    return !this.#hasEnded;
  }
}

function take<Value>(values: Iterator<Value>, countMax: number): readonly Value[] {
  const taken: Value[] = [];
  while (taken.length < countMax) {
    const next = values.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
