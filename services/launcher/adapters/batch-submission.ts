import { performance } from 'node:perf_hooks';
import type { Digest } from '#libs/chain/ids.ts';
import { Backoff, mayPass } from '#libs/client/backoff.ts';
import { batchesOf, type ItemRefusal, mayRefusalPass, type SubmittedItem } from '#libs/client/batches.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { inLanes } from '../core/lanes.ts';
import { RETRY_LIMITS } from '../words/limits.ts';
import { statusOf } from './member-client.ts';
import { pause } from './pause.ts';

/** The outcome of one of the transactions. `place` is known where final ones are waited for. */
export type Outcome =
  | { readonly state: 'pending' }
  | { readonly state: 'final'; readonly height?: bigint; readonly position?: number }
  | { readonly state: 'refused'; readonly refusal: ItemRefusal };

export type HandedIn = Outcome & {
  /** Position among the transactions, from 0. */
  readonly index: number;
  readonly hash: Digest;
};

export interface BatchSubmissionOptions {
  readonly client: Pick<FederationClient, 'submitMany' | 'waitMany'>;
  /** Whether each is waited for until it is final. */
  readonly isAwaited: boolean;
  /** Batches that are handed in and not yet final, at most. */
  readonly batchesAtOnce: number;
  /** Each batch is handed in, and final where that is awaited, within this. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called for each refusal that passes, before the transaction is handed in again. */
  readonly triedAgain?: (refusal: ItemRefusal) => void;
  /** Called once for each transaction, as its outcome is known: in order where none is awaited. */
  readonly told: (handed: HandedIn) => void;
}

interface Numbered {
  readonly index: number;
  readonly bytes: Uint8Array;
}

interface Named {
  readonly index: number;
  readonly hash: Digest;
}

/**
 * Hands transactions to one member in batches. Refusals that pass are tried again until the deadline; a refusal that does not pass is told,
 * and is no hindrance to the others. A transaction that is not final in time is told as pending.
 * @throws RemoteError when the member does not answer, or refuses a whole batch.
 */
export async function submitInBatches(
  transactions: readonly Uint8Array[],
  options: BatchSubmissionOptions,
): Promise<void> {
  let index = 0;
  const batches = batchesOf(transactions).map((batch) => batch.map((bytes) => ({ index: index++, bytes })));
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  // The first failure stops the others, which would go on with a connection that is closed.
  const run = (batch: readonly Numbered[]): Promise<void> =>
    new BatchOnItsWay({ ...options, signal }).run(batch).catch((error) => stopped.abort(error));
  await inLanes(batches, options.batchesAtOnce, run);
  stopped.signal.throwIfAborted();
}

/** One batch, from its first call to the last outcome. */
class BatchOnItsWay {
  readonly #options: BatchSubmissionOptions;
  readonly #endMs: number;
  readonly #backoff = new Backoff(RETRY_LIMITS);

  constructor(options: BatchSubmissionOptions) {
    this.#options = options;
    this.#endMs = performance.now() + options.deadlineMs;
  }

  async run(batch: readonly Numbered[]): Promise<void> {
    const taken: Named[] = [];
    for (let left = batch; left.length > 0; ) {
      const results = await this.#patiently((call) => this.#submit(left, call));
      left = left.filter((each, at) => this.#isTriedAgain(each, results[at], taken));
      if (left.length > 0) await pause(this.#backoff.nextMs(), this.#options.signal);
    }
    if (this.#options.isAwaited && taken.length > 0) await this.#untilFinal(taken);
  }

  #submit(batch: readonly Numbered[], call: { readonly deadlineMs: number; readonly signal: AbortSignal }) {
    const transactions = batch.map(({ bytes }) => bytes);
    return this.#options.client.submitMany(transactions, call);
  }

  #isTriedAgain({ index }: Numbered, result: SubmittedItem | undefined, taken: Named[]): boolean {
    if (result === undefined) throw new Error('a result for each transaction');
    const { isAwaited, told } = this.#options;
    if (result.state === 'refused') {
      const isLate = performance.now() >= this.#endMs;
      if (mayRefusalPass(result.refusal) && !isLate) {
        this.#options.triedAgain?.(result.refusal);
        return true;
      }
      told({ ...result, index });
    } else if (isAwaited) taken.push({ index, hash: result.hash });
    else told({ ...result, index });
    return false;
  }

  async #untilFinal(taken: readonly Named[]): Promise<void> {
    const left = new Map(taken.entries());
    const waitForAll = async (call: { readonly deadlineMs: number; readonly signal: AbortSignal }) => {
      const asked = [...left];
      const hashes = asked.map(([, { hash }]) => hash);
      for await (const places of this.#options.client.waitMany(hashes, call)) {
        for (const { item, height, index: position } of places) {
          const [at, named] = asked[item] ?? [];
          if (at === undefined || named === undefined || !left.delete(at)) continue;
          this.#options.told({ ...named, state: 'final', height, position });
        }
      }
    };
    try {
      await this.#patiently(waitForAll);
    } catch (error) {
      for (const named of left.values()) this.#options.told({ ...named, state: 'pending' });
      if (statusOf(error) !== 'DEADLINE_EXCEEDED') throw error;
    }
  }

  /** Tries again while the error is one that passes, until the deadline. */
  async #patiently<T>(
    attempt: (call: { readonly deadlineMs: number; readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const { signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      try {
        const answer = await attempt({ deadlineMs: Math.max(1, this.#endMs - performance.now()), signal });
        this.#backoff.reset();
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        const waitMs = this.#backoff.nextMs();
        if (!mayPass(error) || this.#endMs - performance.now() <= waitMs) throw error;
        await pause(waitMs, signal);
      }
    }
  }
}
