import { type Block, sealBlock } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import type { Digest, MemberIndex, View } from '#libs/chain/ids.ts';

/** The first block of every lockstep federation. */
export const LOCKSTEP_GENESIS = genesisBlock({ genesisTimeMs: 0n });

/** An instance that makes a block. */
export interface LockstepProposer {
  /** Number of the instance: twins share a member. */
  readonly at: number;
  readonly member: MemberIndex;
}

/** All blocks that the instances of a lockstep federation made, with nothing in them. */
export class LockstepBlocks {
  readonly #blocks = new Map<Digest, Block>([[LOCKSTEP_GENESIS.digest, LOCKSTEP_GENESIS]]);

  /** Two leaders with one key never make the same block. */
  build({ at, member }: LockstepProposer, view: View, { height, parent }: BlockDraft): Block {
    const header = {
      ...LOCKSTEP_GENESIS.header,
      height,
      view,
      proposer: member,
      timestampMs: BigInt(at),
      parent,
    };
    const block = sealBlock(header, []);
    this.#blocks.set(block.digest, block);
    return block;
  }

  find(digest: Digest): Block | undefined {
    return this.#blocks.get(digest);
  }

  /**
   * The blocks from height `from` up to and with this one, lowest first, and the known block right below them:
   * undefined when their ancestors are not known.
   */
  branch(
    digest: Digest,
    from: number,
  ): { readonly fresh: readonly Digest[]; readonly below: Block | undefined } {
    const fresh: Digest[] = [];
    let block = this.#blocks.get(digest);
    while (block !== undefined && block.header.height >= BigInt(from)) {
      fresh.push(block.digest);
      block = this.#blocks.get(block.header.parent);
    }
    return { fresh: fresh.reverse(), below: block };
  }
}
