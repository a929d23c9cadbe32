import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { AppError } from '#libs/errors/app-error.ts';

/** Transactions that were submitted and are not acknowledged: beyond it the load rests. */
const OPEN_MAX = 500;

/** How long one member may take to make a transaction final before the next one is asked. */
const PATIENCE_MS = 4_000;

const RETRY_MS = 200;

/** The answer of a member that acknowledged a transaction. */
export interface Acknowledged {
  readonly height: bigint;
  readonly index: number;
}

export interface SteadyLoadOptions {
  readonly clients: readonly FederationClient[];
  readonly perSecond: number;
  readonly transactionBytes: number;
}

/**
 * Clients that submit transactions at a steady rate, each to another member, and insist: a refused, lost or late
 * transaction is submitted again elsewhere until a member says that it is final.
 */
export class SteadyLoad implements AsyncDisposable {
  readonly #options: SteadyLoadOptions;
  readonly #acknowledged = new Map<Digest, Acknowledged>();
  readonly #submitted = new Set<Digest>();
  readonly #open = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: SteadyLoadOptions) {
    this.#options = options;
  }

  /** Every transaction that any member was ever given. */
  get submitted(): ReadonlySet<Digest> {
    return this.#submitted;
  }

  /** Transactions that some member said to be final, with its first answer. */
  get acknowledged(): ReadonlyMap<Digest, Acknowledged> {
    return this.#acknowledged;
  }

  start(): void {
    this.#running = this.#submitSteadily();
  }

  /** Submits no more, and waits until all is final or time is up. */
  async finish(patienceMs: number): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    const late = setTimeout(() => this.#abort.abort(), patienceMs);
    await Promise.all(this.#open);
    clearTimeout(late);
  }

  /** Gives up the open transactions. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish(0);
  }

  async #submitSteadily(): Promise<void> {
    const startMs = performance.now();
    for (let count = 0; !this.#isStopped; count++) {
      const dueMs = startMs + (count * 1000) / this.#options.perSecond;
      await sleep(Math.max(0, dueMs - performance.now()));
      if (this.#open.size >= OPEN_MAX) continue;
      const one = this.#insist(randomBytes(this.#options.transactionBytes), count);
      this.#open.add(one);
      void one.finally(() => this.#open.delete(one));
    }
  }

  async #insist(transaction: Uint8Array, first: number): Promise<void> {
    const { clients } = this.#options;
    const hash = transactionOf(transaction).hash;
    const { signal } = this.#abort;
    this.#submitted.add(hash);
    for (let turn = first; !signal.aborted; turn++) {
      try {
        const client = clients[turn % clients.length]!;
        await client.submit(transaction, { deadlineMs: PATIENCE_MS, signal });
        this.#acknowledged.set(hash, await client.wait(hash, { deadlineMs: PATIENCE_MS, signal }));
        return;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        await sleep(RETRY_MS);
      }
    }
  }
}
