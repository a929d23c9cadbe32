import type { Digest } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { Plan } from '../plan/plan.ts';
import type { Schedule } from '../time/schedule.ts';

/** Where clients submit. */
export interface ClientWorld {
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly plan: Plan;
  /** The members that clients know: the present ones, by the numbers of their nodes. */
  members(): readonly number[];
  /** Hands a transaction to a member. */
  submit(member: number, transaction: Transaction): void;
  /** Whether every honest member holds it as final. */
  isFinal(hash: Digest): boolean;
  /** Whether the run still wants new transactions. */
  isOpen(): boolean;
}

const RETRY_MS = 1_000;

/**
 * Pause between transactions after the faults: whole nodes have more to do then than to work off a backlog, so
 * clients are calm.
 */
const CALM_MS = 500;

/** Submits transactions at random members, and again elsewhere until they are final, as a careful client does. */
export class Clients {
  readonly #world: ClientWorld;
  readonly #submitted: Transaction[] = [];

  constructor(world: ClientWorld) {
    this.#world = world;
  }

  get submitted(): readonly Transaction[] {
    return this.#submitted;
  }

  start(): void {
    const { schedule, random, isOpen } = this.#world;
    schedule.after(random.int(0, 2 * this.#pauseMs), () => {
      if (!isOpen()) return;
      this.#submitNew();
      this.start();
    });
  }

  /** Mean pause between two transactions. */
  get #pauseMs(): number {
    const { schedule, plan } = this.#world;
    const { whole, gstMs, transactionMs } = plan;
    return whole !== undefined && schedule.nowMs >= gstMs ? Math.max(transactionMs, CALM_MS) : transactionMs;
  }

  #submitNew(): void {
    const text = `transaction ${this.#submitted.length}`;
    const transaction = transactionOf(new Uint8Array(Buffer.from(text, 'utf8')));
    this.#submitted.push(transaction);
    this.#submit(transaction);
  }

  #submit(transaction: Transaction): void {
    const { schedule, random, members, submit, isFinal } = this.#world;
    submit(random.pick(members()), transaction);
    schedule.after(RETRY_MS, () => {
      if (!isFinal(transaction.hash)) this.#submit(transaction);
    });
  }
}
