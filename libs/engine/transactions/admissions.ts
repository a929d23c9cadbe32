import type { Application } from '../application/application.ts';
import type { Candidate } from '../ports/pooled-transaction.ts';
import { FULL, OK, type TransactionAnswer } from '../ports/submission.ts';
import type { Mempool } from './mempool.ts';
import { CHECKS_MAX } from './mempool-limits.ts';

export interface AdmissionsOptions {
  readonly mempool: Mempool;
  readonly application: Pick<Application, 'check'>;
  readonly nowMs: () => number;
}

/**
 * The way of a client's transaction into the mempool. The application is asked last: nobody makes it work for a transaction
 * that is too large, waits already, or has no room.
 */
export class Admissions {
  readonly #options: AdmissionsOptions;
  /** How many transactions the application judges at present. */
  #checking = 0;
  #isOver = false;

  constructor(options: AdmissionsOptions) {
    this.#options = options;
  }

  /** From now on nothing is admitted: the engine that would spread and propose it has ended. */
  stop(): void {
    this.#isOver = true;
  }

  /** @param answer - Called once: at once, unless the application takes its time. */
  admit(candidate: Candidate, answer: (result: TransactionAnswer) => void): void {
    const { mempool, application } = this.#options;
    const fault = mempool.fault(candidate);
    if (fault !== undefined) return answer(fault);
    if (this.#checking >= CHECKS_MAX) return answer(FULL);
    let kept = candidate;
    let isAnswered = false;
    let isLater = false;
    this.#checking += 1;
    application.check(candidate.transaction, (judged) => {
      isAnswered = true;
      this.#checking -= 1;
      if (judged.code !== OK.code) return answer(judged);
      answer(isLater ? this.#admitLate(kept) : this.#keep(kept));
    });
    isLater = true;
    // The rest of the network's frame is not kept meanwhile.
    if (!isAnswered) kept = { ...candidate, transaction: candidate.transaction.copy() };
  }

  /** While the application judged it, it may have come from another giver, become final, or lost its room. */
  #admitLate(candidate: Candidate): TransactionAnswer {
    if (this.#isOver) return FULL;
    return this.#options.mempool.fault(candidate) ?? this.#keep(candidate);
  }

  #keep(candidate: Candidate): TransactionAnswer {
    return this.#options.mempool.keep(candidate, this.#options.nowMs());
  }
}
