import { leafHash, merkleRoot } from '#libs/chain/merkle.ts';
import { nodeFailed } from './errors.ts';
import type { BlockHead } from './rpc-answers.ts';

interface Waiting {
  readonly node: number;
  readonly resolve: () => void;
  /** Whether a block holds it. */
  isPlaced: boolean;
}

interface KnownBlock {
  readonly head: BlockHead;
  readonly nodes: Set<number>;
  /** Hashes of its transactions as hex, once it was read. */
  hashes: readonly string[] | undefined;
}

/**
 * Knows by what the nodes tell which transactions are final where. Each transaction must be one that was handed in, and be in
 * one block; each block must be the same on all nodes, and hold what its head says.
 */
export class FinalWatch {
  readonly #nodes: number;
  readonly #waiting = new Map<string, Waiting>();
  /** Blocks that not all nodes have told of yet. */
  readonly #blocks = new Map<bigint, KnownBlock>();
  readonly #newest = new Map<number, bigint>();

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  /** Blocks that are still kept. */
  get open(): number {
    return this.#blocks.size;
  }

  /** Resolves when the transaction of this hash is final on that node. To be called before it is handed in. */
  whenFinal(hash: string, node: number): Promise<void> {
    if (this.#waiting.has(hash)) throw new Error(`transaction ${hash} is handed in twice`);
    return new Promise((resolve) => this.#waiting.set(hash, { node, resolve, isPlaced: false }));
  }

  /** The node did not take it. */
  forget(hash: string): void {
    this.#waiting.delete(hash);
  }

  /**
   * A node says that this block is final there.
   * @returns whether its transactions are not known yet, and must be read.
   * @throws CometbftError when nodes differ, or one leaves a block out.
   */
  told(node: number, head: BlockHead): boolean {
    const { height } = head;
    const before = this.#newest.get(node);
    if (before !== undefined && height !== before + 1n)
      throw nodeFailed(`node ${node} of CometBFT tells of block ${height} after block ${before}`);
    this.#newest.set(node, height);
    const known = this.#blocks.get(height);
    if (known !== undefined && known.head.text !== head.text)
      throw nodeFailed(`the nodes of CometBFT have different blocks at height ${height}`);
    const block = known ?? { head, nodes: new Set(), hashes: undefined };
    block.nodes.add(node);
    this.#blocks.set(height, block);
    this.#settle(block);
    return known === undefined;
  }

  /**
   * The hashes of the transactions of a block.
   * @throws CometbftError when its head names others, or one of them was not handed in or is final already.
   */
  read(height: bigint, hashes: readonly Uint8Array[]): void {
    const block = this.#blocks.get(height);
    if (block === undefined) throw new Error(`nobody told of block ${height}`);
    const root = Buffer.from(merkleRoot(hashes.map(leafHash)))
      .toString('hex')
      .toUpperCase();
    if (root !== block.head.dataHash)
      throw nodeFailed(`block ${height} of CometBFT holds other transactions than its head says`);
    block.hashes = hashes.map((hash) => Buffer.from(hash).toString('hex'));
    for (const hash of block.hashes) this.#place(hash, height);
    this.#settle(block);
  }

  #place(hash: string, height: bigint): void {
    const waiting = this.#waiting.get(hash);
    if (waiting === undefined || waiting.isPlaced)
      throw nodeFailed(
        `block ${height} of CometBFT holds a transaction that was not handed in, or twice: ${hash}`,
      );
    waiting.isPlaced = true;
  }

  #settle(block: KnownBlock): void {
    if (block.hashes === undefined) return;
    for (const hash of block.hashes) {
      const waiting = this.#waiting.get(hash);
      if (waiting === undefined || !block.nodes.has(waiting.node)) continue;
      this.#waiting.delete(hash);
      waiting.resolve();
    }
    if (block.nodes.size === this.#nodes) this.#blocks.delete(block.head.height);
  }
}
