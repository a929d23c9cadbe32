import type { Height } from '#libs/chain/ids.ts';
import { isRootPending } from '#libs/chain/root-place.ts';
import { isWork } from '#libs/protocol/empty-blocks.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EngineReplica } from './engine-replica.ts';

type WorkFacts = Pick<
  EngineOptions,
  'context' | 'mempool' | 'book' | 'application' | 'chain' | 'clock' | 'haltHeight'
>;

/**
 * Tells the protocol whether there is anything to decide, by its terms; on each change, and not again. Where the terms ask for a
 * time between blocks, there is nothing before it has passed since this member had the newest one: no member proposes, and none waits.
 * Nor is there anything behind the height at which the node stops.
 */
export class WorkTeller {
  readonly #facts: WorkFacts;
  readonly #replica: Pick<EngineReplica, 'work'>;
  #hasWork = false;
  /** Of the block that the interval is counted from. */
  #height: Height | undefined;
  #rests = false;
  #cancel = (): void => {};

  constructor(facts: WorkFacts, replica: Pick<EngineReplica, 'work'>) {
    this.#facts = facts;
    this.#replica = replica;
  }

  update(): void {
    const { context, mempool, book, application, chain, haltHeight } = this.#facts;
    const { header } = chain.tip();
    if (header.height !== this.#height) this.#rest(header.height);
    const isPending = isWork(context.timing.emptyBlocks ?? 'never', {
      transactions: mempool.size > 0,
      change: book.current.adopted !== undefined,
      root: isRootPending(application.root, header),
    });
    const isHalted = haltHeight?.isReached(header.height) ?? false;
    const hasWork = isPending && !this.#rests && !isHalted;
    if (hasWork === this.#hasWork) return;
    this.#hasWork = hasWork;
    this.#replica.work(hasWork);
  }

  stop(): void {
    this.#cancel();
  }

  #rest(height: Height): void {
    const { context, clock } = this.#facts;
    const { blockIntervalMs = 0 } = context.timing;
    this.#height = height;
    this.#cancel();
    this.#rests = blockIntervalMs > 0;
    if (!this.#rests) return;
    this.#cancel = clock.after(blockIntervalMs, () => {
      this.#rests = false;
      this.update();
    });
  }
}
