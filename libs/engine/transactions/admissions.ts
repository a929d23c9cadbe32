import type { Candidate } from '../ports/pooled-transaction.ts';
import { ENDED, FULL, OK, type TransactionAnswer } from '../ports/submission.ts';
import type { ApplicationChecks } from './application-checks.ts';
import type { Mempool } from './mempool.ts';

export interface AdmissionsOptions {
  readonly mempool: Mempool;
  readonly checks: ApplicationChecks;
  readonly nowMs: () => number;
}

/**
 * The way of a transaction into the mempool, while one engine runs. The application is asked last: nobody makes it work for a transaction
 * that is too large, waits already, or has no room.
 */
export class Admissions {
  readonly #options: AdmissionsOptions;
  /** Never set back: the engine of the next epoch is another, with admissions of its own. */
  #isOver = false;

  constructor(options: AdmissionsOptions) {
    this.#options = options;
  }

  /**
   * Transactions that the application still judges come too late from now on: the engine that would spread and propose it has ended.
   * Later ones are taken in where the application answers at once, for members that ask a halted one.
   */
  stop(): void {
    this.#isOver = true;
  }

  /** @param answer - Called once: at once, unless the application takes its time. */
  admit(candidate: Candidate, answer: (result: TransactionAnswer) => void): void {
    const { mempool, checks } = this.#options;
    const fault = mempool.fault(candidate);
    if (fault !== undefined) return answer(fault);
    if (!checks.hasRoom(candidate)) return answer(FULL);
    let kept = candidate;
    let isAnswered = false;
    let isLater = false;
    checks.ask(candidate, (judged) => {
      isAnswered = true;
      if (judged.code !== OK.code) return answer(judged);
      answer(isLater ? this.#admitLate(kept) : this.#keep(kept));
    });
    isLater = true;
    // The rest of the network's frame is not kept meanwhile.
    if (!isAnswered) kept = { ...candidate, transaction: candidate.transaction.copy() };
  }

  /** While the application judged it, it may have come from another giver, become final, or lost its room. */
  #admitLate(candidate: Candidate): TransactionAnswer {
    if (this.#isOver) return ENDED;
    return this.#options.mempool.fault(candidate) ?? this.#keep(candidate);
  }

  #keep(candidate: Candidate): TransactionAnswer {
    return this.#options.mempool.keep(candidate, this.#options.nowMs());
  }
}
