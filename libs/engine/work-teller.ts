import { isRootPending } from '#libs/chain/root-place.ts';
import { isWork } from '#libs/protocol/empty-blocks.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EngineReplica } from './engine-replica.ts';

type WorkFacts = Pick<EngineOptions, 'context' | 'mempool' | 'book' | 'application' | 'chain'>;

/** Tells the protocol whether there is anything to decide, by its terms; on each change, and not again. */
export class WorkTeller {
  readonly #facts: WorkFacts;
  readonly #replica: Pick<EngineReplica, 'work'>;
  #hasWork = false;

  constructor(facts: WorkFacts, replica: Pick<EngineReplica, 'work'>) {
    this.#facts = facts;
    this.#replica = replica;
  }

  update(): void {
    const { context, mempool, book, application, chain } = this.#facts;
    const hasWork = isWork(context.timing.emptyBlocks ?? 'never', {
      transactions: mempool.size > 0,
      change: book.current.adopted !== undefined,
      root: isRootPending(application.root, chain.tip().header),
    });
    if (hasWork === this.#hasWork) return;
    this.#hasWork = hasWork;
    this.#replica.work(hasWork);
  }
}
