import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Application } from '#libs/engine/application/application.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type {
  EventSource,
  FinalChain,
  FinalTip,
  FinalTransaction,
  KeptEventCursor,
  TransactionPosition,
} from '../core/ports.ts';
import { historyDamaged } from './client/client-errors.ts';

/**
 * The final chain as clients and events see it: up to the newest block that the application has executed. Blocks above are
 * ordered for good, but nobody is told that they are done.
 */
export class ExecutedChain implements FinalChain, EventSource {
  readonly #chain: FinalChain & KeptEventCursor;
  readonly #application: Pick<Application, 'executedHeight'>;

  constructor(chain: FinalChain & KeptEventCursor, application: Pick<Application, 'executedHeight'>) {
    this.#chain = chain;
    this.#application = application;
  }

  /** @throws ClientError `CONSENSUS_HISTORY_DAMAGED` while the application lags and its newest block is damaged. */
  tip(): FinalTip {
    const tip = this.#chain.tip();
    const height = this.executedHeight();
    if (height === tip.height) return tip;
    const block = this.#chain.blockAt(height);
    if (block === undefined) throw historyDamaged(height);
    return { height, digest: block.digest, stateRoot: block.header.stateRoot };
  }

  executedHeight(): Height {
    const ordered = this.#chain.tip().height;
    const executed = this.#application.executedHeight();
    return executed < ordered ? executed : ordered;
  }

  blockAt(height: Height): Block | undefined {
    return this.#isDone(height) ? this.#chain.blockAt(height) : undefined;
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    return this.#isDone(height) ? this.#chain.certifiedBlock(height) : undefined;
  }

  sectionsAt(height: Height): readonly SectionRoot[] {
    return this.#isDone(height) ? this.#chain.sectionsAt(height) : [];
  }

  gap(): HeightSpan | undefined {
    return this.#chain.gap();
  }

  isCommitted(hash: Digest): boolean {
    return this.#isUpToDate() ? this.#chain.isCommitted(hash) : this.positionOf(hash) !== undefined;
  }

  positionOf(hash: Digest): TransactionPosition | undefined {
    const position = this.#chain.positionOf(hash);
    return position && this.#isDone(position.height) ? position : undefined;
  }

  transaction(hash: Digest): FinalTransaction | undefined {
    const found = this.#chain.transaction(hash);
    return found && this.#isDone(found.height) ? found : undefined;
  }

  /** A transaction that is ordered and not executed. It is in no mempool any more, and still waits. */
  ordered(hash: Digest): Transaction | undefined {
    if (this.#isUpToDate()) return undefined;
    const found = this.#chain.transaction(hash);
    return found === undefined || this.#isDone(found.height) ? undefined : found.transaction;
  }

  eventCursor(): Height {
    return this.#chain.eventCursor();
  }

  setEventCursor(height: Height): void {
    this.#chain.setEventCursor(height);
  }

  #isDone(height: Height): boolean {
    return height <= this.#application.executedHeight();
  }

  #isUpToDate(): boolean {
    return this.#isDone(this.#chain.tip().height);
  }
}
