import type { PieceWork } from './caller-turns.ts';
import { claimKey, type SignatureClaim } from './verified-cache.ts';

/** The budget of one caller, such as a peer. Asked before each verification that costs something. */
export interface VerifyBudget {
  /** Takes one verification out of the budget; false when it is used up. */
  take(): boolean;
}

/** `index` is the claim that decided. `unjudged`: nothing is known about it, and nobody is to blame. */
export type BatchVerdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly index: number }
  | {
      readonly kind: 'unjudged';
      readonly index: number;
      readonly cause: 'over-budget' | 'overloaded' | 'aborted' | 'unknown-scheme';
    };

type Cause = Extract<BatchVerdict, { kind: 'unjudged' }>['cause'];

/** Shared by all batches: the claims that hold, and those that are verified now, by their keys. */
export interface ClaimJudging {
  /** Whether a claim was found to hold before. */
  isKnown(key: string): boolean;
  underWay(key: string): Promise<boolean> | undefined;
  begin(key: string, claim: SignatureClaim): Promise<boolean>;
  waited(waitMs: number): void;
}

interface ClaimBatchOptions {
  readonly claims: readonly SignatureClaim[];
  readonly judging: ClaimJudging;
  readonly budget?: VerifyBudget;
  readonly signal?: AbortSignal;
}

/**
 * Claims that hold all together or not. It stands in one place of its caller's line however many cores it could use, and takes a core
 * for one claim at a time of them; claims that cost nothing take none.
 */
export class ClaimBatch implements PieceWork {
  readonly verdict: Promise<BatchVerdict>;
  readonly #options: ClaimBatchOptions;
  readonly #settled = Promise.withResolvers<BatchVerdict>();
  /** The next claim, its key once that is known, and since when it could be verified. */
  #index = 0;
  #key: string | undefined;
  #readyAtMs = performance.now();
  #running = 0;
  #isOver = false;

  constructor(options: ClaimBatchOptions) {
    this.#options = options;
    this.verdict = this.#settled.promise;
  }

  /** Passes over the claims that cost nothing. */
  hasMore(): boolean {
    const { claims, judging, signal } = this.#options;
    for (let claim = claims[this.#index]; claim !== undefined; claim = claims[this.#index]) {
      if (signal?.aborted === true) this.refuse('aborted');
      if (this.#isOver) return false;
      this.#key ??= claimKey(claim);
      if (!judging.isKnown(this.#key)) {
        const running = judging.underWay(this.#key);
        if (running === undefined) return true;
        void this.#follow(running);
      }
      this.#pass();
    }
    if (this.#running === 0) this.#decide({ kind: 'valid' });
    return false;
  }

  begin(): Promise<void> | undefined {
    const { claims, judging, budget } = this.#options;
    const claim = claims[this.#index];
    if (claim === undefined) return undefined;
    if (budget?.take() === false) {
      this.refuse('over-budget');
      return undefined;
    }
    judging.waited(performance.now() - this.#readyAtMs);
    const followed = this.#follow(judging.begin(this.#key ?? claimKey(claim), claim));
    this.#pass();
    return followed;
  }

  /** Nothing is known of the next claim, and nobody is to blame. */
  refuse(cause: Cause): void {
    this.#decide({ kind: 'unjudged', index: this.#index, cause });
  }

  #pass(): void {
    this.#index += 1;
    this.#key = undefined;
    this.#readyAtMs = performance.now();
  }

  async #follow(running: Promise<boolean>): Promise<void> {
    const index = this.#index;
    this.#running += 1;
    try {
      if (!(await running)) this.#decide({ kind: 'invalid', index });
    } catch (error) {
      this.#isOver = true;
      this.#settled.reject(error);
    }
    this.#running -= 1;
    if (this.#running === 0 && this.#index === this.#options.claims.length) this.#decide({ kind: 'valid' });
  }

  #decide(verdict: BatchVerdict): void {
    this.#isOver = true;
    this.#settled.resolve(verdict);
  }
}
