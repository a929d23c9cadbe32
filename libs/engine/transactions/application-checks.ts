import type { Application } from '../application/application.ts';
import type { Candidate } from '../ports/pooled-transaction.ts';
import { type ApplicationAnswer, FAILED } from '../ports/submission.ts';
import type { ShareLimits } from './mempool-limits.ts';
import { MempoolShares } from './mempool-shares.ts';

export interface ApplicationChecksOptions {
  readonly application: Pick<Application, 'check'>;
  readonly limits: ShareLimits;
  /** The application broke its contract and threw. */
  readonly failed: (error: unknown) => void;
}

/**
 * The transactions that the application judges at present, in shares of their givers as in the mempool: a newcomer finds
 * room among any number of others. Places are not taken back for newcomers (libs/shares): the application would hold the
 * transaction still. Lives as long as the node, because an application goes on judging when an epoch ends.
 */
export class ApplicationChecks {
  readonly #options: ApplicationChecksOptions;
  readonly #shares: MempoolShares;

  constructor(options: ApplicationChecksOptions) {
    this.#options = options;
    this.#shares = new MempoolShares(options.limits);
  }

  /** Whether the share of its giver has room for this one. */
  hasRoom(candidate: Candidate): boolean {
    return this.#shares.hasRoom(candidate, candidate.transaction.bytes.length);
  }

  /** @param judged - Called once, with `FAILED` where the application throws: at once, unless it takes its time. */
  ask(candidate: Candidate, judged: (answer: ApplicationAnswer) => void): void {
    const { length } = candidate.transaction.bytes;
    let isJudged = false;
    const once = (answer: ApplicationAnswer): void => {
      if (isJudged) return;
      isJudged = true;
      this.#shares.count(candidate, length, -1);
      judged(answer);
    };
    this.#shares.count(candidate, length, 1);
    try {
      this.#options.application.check(candidate.transaction, once);
    } catch (error) {
      // An error after the answer is of a listener, and not of the application.
      if (isJudged) throw error;
      this.#options.failed(error);
      once(FAILED);
    }
  }
}
