import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { Height } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ApplicationAnswer } from '../ports/submission.ts';

/**
 * The application on top of the chain, as the engine sees it. Consensus orders transactions and knows nothing of their
 * meaning; the application gives them one. Answers come by callback, at once or later, so an application may live
 * in another process, and the engine needs no promise for that. No method throws: an
 * error of `execute` halts the member, one of `check` refuses the transaction, and any other counts as a fault of the
 * message that brought the block.
 */
export interface Application extends ApplicationRules {
  /**
   * Whether a transaction may wait for a block, as far as its meaning goes: asked last, and of no transaction that
   * members make themselves. It binds nobody: a block of another member may hold a transaction that is refused here.
   * `answer` is called once.
   */
  check(transaction: Transaction, answer: (judged: ApplicationAnswer) => void): void;
  /** Height of the newest block that it has executed, 0 before any: durable, so that a restart continues after it. */
  executedHeight(): Height;
  /**
   * Executes the block above that height; the block is ordered, and cannot be refused. `done` is called when all
   * that the block does is durable; a second call says nothing. The next block is given after that.
   */
  execute(block: Block, done: () => void): void;
}
