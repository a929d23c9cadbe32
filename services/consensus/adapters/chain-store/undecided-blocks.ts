import type { Block } from '#libs/chain/block.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';

/** A block that is held but not final. */
export interface UndecidedBlock {
  /** The number of the row; ascends with time. */
  readonly id: bigint;
  readonly block: Block;
  /** State tree up to and with the block. */
  readonly frontier: Frontier;
}

/**
 * The tree of undecided blocks above the tip, in memory beside their rows. A block enters only after its
 * parent, and leaves together with all that stands on it, so the way down to a final block has no holes.
 */
export class UndecidedBlocks {
  readonly #blocks = new Map<Digest, UndecidedBlock>();

  get size(): number {
    return this.#blocks.size;
  }

  get(digest: Digest): UndecidedBlock | undefined {
    return this.#blocks.get(digest);
  }

  add(entry: UndecidedBlock): void {
    this.#blocks.set(entry.block.digest, entry);
  }

  /** The block and its undecided ancestors, lowest first; the parent of the first is final. Empty if not held. */
  branchTo(digest: Digest): readonly UndecidedBlock[] {
    const branch: UndecidedBlock[] = [];
    let entry = this.#blocks.get(digest);
    while (entry !== undefined) {
      branch.push(entry);
      entry = this.#blocks.get(entry.block.header.parent);
    }
    return branch.reverse();
  }

  /** The blocks that `isDoomed`, and all that stand on them. */
  withDescendants(isDoomed: (entry: UndecidedBlock) => boolean): readonly UndecidedBlock[] {
    const doomed = new Set<Digest>();
    // All blocks in order of height, so that parents are judged before their children.
    return this.#byHeight().filter((entry) => {
      const { digest, header } = entry.block;
      if (!doomed.has(header.parent) && !isDoomed(entry)) return false;
      doomed.add(digest);
      return true;
    });
  }

  /**
   * Blocks to drop before one more comes, when `max` blocks are held that nothing refers to: the oldest of
   * them, and its descendants.
   */
  strays(needed: readonly Digest[], max: number): readonly UndecidedBlock[] {
    if (this.size < max) return [];
    const kept = new Set(needed.flatMap((digest) => this.branchTo(digest)));
    const strays = this.withDescendants((entry) => !kept.has(entry));
    if (strays.length < max) return [];
    const oldest = strays.reduce((first, entry) => (entry.id < first.id ? entry : first));
    return this.withDescendants((entry) => entry === oldest);
  }

  remove(entries: readonly UndecidedBlock[]): void {
    for (const { block } of entries) this.#blocks.delete(block.digest);
  }

  #byHeight(): readonly UndecidedBlock[] {
    const height = ({ block }: UndecidedBlock): Height => block.header.height;
    return [...this.#blocks.values()].sort((a, b) => Number(height(a) - height(b)));
  }
}
