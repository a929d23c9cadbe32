import type { Digest } from '../chain/ids.ts';
import { transactionHash } from '../chain/transaction.ts';
import type { Prng } from '../random/prng.ts';
import type { NamedTransaction } from './mempool.ts';
import type { Plan } from './plan.ts';
import type { Schedule } from './schedule.ts';

/** Where clients submit. */
export interface ClientWorld {
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly plan: Plan;
  /** Hands a transaction to a member. */
  submit(member: number, transaction: NamedTransaction): void;
  /** Whether every honest member holds it as final. */
  isFinal(hash: Digest): boolean;
  /** Whether the run still wants new transactions. */
  isOpen(): boolean;
}

const RETRY_MS = 1_000;

/** Submits transactions at random members, and again elsewhere until they are final, as a careful client does. */
export class Clients {
  readonly #world: ClientWorld;
  readonly #submitted: NamedTransaction[] = [];

  constructor(world: ClientWorld) {
    this.#world = world;
  }

  get submitted(): readonly NamedTransaction[] {
    return this.#submitted;
  }

  start(): void {
    const { schedule, random, plan, isOpen } = this.#world;
    schedule.after(random.int(0, 2 * plan.transactionMs), () => {
      if (!isOpen()) return;
      this.#submitNew();
      this.start();
    });
  }

  #submitNew(): void {
    const bytes = new Uint8Array(Buffer.from(`transaction ${this.#submitted.length}`, 'utf8'));
    const transaction = { bytes, hash: transactionHash(bytes) };
    this.#submitted.push(transaction);
    this.#submit(transaction);
  }

  #submit(transaction: NamedTransaction): void {
    const { schedule, random, plan, submit, isFinal } = this.#world;
    submit(random.int(0, plan.members - 1), transaction);
    schedule.after(RETRY_MS, () => {
      if (!isFinal(transaction.hash)) this.#submit(transaction);
    });
  }
}
