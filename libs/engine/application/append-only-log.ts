import { type ApplicationRules, LOG_RULES } from '#libs/chain/application-rules.ts';
import type { Height } from '#libs/chain/ids.ts';
import type { ChainPort } from '../ports/engine-ports.ts';
import { type ApplicationAnswer, OK } from '../ports/submission.ts';
import type { Application } from './application.ts';

/**
 * The application of today: its state is the list of all final transactions. The chain writes a block and its entries
 * in that list in one transaction of its store, so a block is executed as soon as it is ordered.
 */
export class AppendOnlyLog implements Application {
  readonly stateAfter: ApplicationRules['stateAfter'] = LOG_RULES.stateAfter;
  readonly repeatsUpon: ApplicationRules['repeatsUpon'] = LOG_RULES.repeatsUpon;
  readonly root: ApplicationRules['root'] = LOG_RULES.root;
  readonly fill: ApplicationRules['fill'] = LOG_RULES.fill;
  readonly #chain: Pick<ChainPort, 'tip'>;

  constructor(chain: Pick<ChainPort, 'tip'>) {
    this.#chain = chain;
  }

  /** Transactions are opaque to a log. */
  check(_transaction: unknown, answer: (judged: ApplicationAnswer) => void): void {
    answer(OK);
  }

  executedHeight(): Height {
    return this.#chain.tip().header.height;
  }

  execute(_block: unknown, done: () => void): void {
    done();
  }
}
