import type { Height } from '#libs/chain/ids.ts';
import {
  CHUNK_TRANSACTIONS,
  chunkCount,
  chunkLength,
  chunkRoot,
  completeChunks,
  type StateOutline,
} from '#libs/chain/state-chunks.ts';
import type { TransactionState } from '#libs/engine/ports/snapshot-ports.ts';
import type { Tables } from './tables.ts';

/** The states as of final blocks, for other members that take one as a snapshot. Reads, and changes nothing. */
export class HeldStates {
  readonly #tables: Tables;
  readonly #tip: () => { readonly height: Height };

  constructor(tables: Tables, tip: () => { readonly height: Height }) {
    this.#tables = tables;
    this.#tip = tip;
  }

  /** Undefined when the block or a part of its state is not held, and above the tip. */
  stateAt(height: Height): TransactionState | undefined {
    const block = height > this.#tip().height ? undefined : this.#tables.blocks.blockAt(height);
    const size = block && this.#tables.blocks.frontierAt(height)?.size;
    const outline = size === undefined ? undefined : this.#outline(size);
    return block && outline && { block, outline };
  }

  /** Transaction hashes, 32 bytes each, of one chunk of the state at this height; undefined when not held. */
  chunkAt(height: Height, number: number): Uint8Array | undefined {
    const size = height > this.#tip().height ? undefined : this.#tables.blocks.frontierAt(height)?.size;
    if (size === undefined || number >= chunkCount(size)) return undefined;
    return this.#tables.state.hashes(number, chunkLength(number, size));
  }

  #outline(size: bigint): StateOutline | undefined {
    const { state } = this.#tables;
    const complete = completeChunks(size);
    const roots = [...state.rootsBelow(complete).values()];
    if (roots.length !== complete) return undefined;
    const rest = Number(size) - complete * CHUNK_TRANSACTIONS;
    if (rest === 0) return { size, roots };
    const last = state.hashes(complete, rest);
    return last && { size, roots: [...roots, chunkRoot(last)] };
  }
}
