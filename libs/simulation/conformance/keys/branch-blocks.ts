import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type MemberIndex, toEpoch, toHeight, toView, type View } from '#libs/chain/ids.ts';

/** Where a block of a search stands: its view, counted from the first, and the index of the block below it; undefined: genesis. */
export interface BranchPlace {
  readonly view: number;
  readonly parent: number | undefined;
}

export interface BranchBlock {
  readonly block: Block;
  readonly parent: number | undefined;
}

export const BRANCH_GENESIS = genesisBlock({ genesisTimeMs: 0n });

export const BRANCH_EPOCH = toEpoch(0n);

/** All blocks of so many views: in each two upon genesis, and one upon each block of an earlier view. */
export function allPlaces(views: number): readonly BranchPlace[] {
  const places: BranchPlace[] = [];
  for (let view = 0; view < views; view++) {
    const earlier = [...places.keys()];
    for (const parent of [undefined, undefined, ...earlier]) places.push({ view, parent });
  }
  return places;
}

/** The blocks at these places, all by one proposer. Blocks of one place differ by their index. */
export function blocksAt(
  places: readonly BranchPlace[],
  { firstView, proposer }: { readonly firstView: View; readonly proposer: MemberIndex },
): readonly BranchBlock[] {
  const blocks: BranchBlock[] = [];
  for (const [at, { view, parent }] of places.entries()) {
    const below = (parent === undefined ? undefined : blocks[parent]?.block) ?? BRANCH_GENESIS;
    const header = {
      ...BRANCH_GENESIS.header,
      height: toHeight(below.header.height + 1n),
      view: toView(firstView + BigInt(view)),
      parent: below.digest,
      timestampMs: BigInt(at),
      ...{ epoch: BRANCH_EPOCH, proposer },
    };
    blocks.push({ parent, block: sealBlock(header, []) });
  }
  return blocks;
}

/** For each block, those that neither extend it nor are extended by it. */
export function rivalsAmong(blocks: readonly BranchBlock[]): readonly (readonly number[])[] {
  const isOn = (upper: number, lower: number): boolean => {
    for (let at: number | undefined = upper; at !== undefined; at = blocks[at]?.parent)
      if (at === lower) return true;
    return false;
  };
  return blocks.map((_, one) => [...blocks.keys()].filter((other) => !isOn(one, other) && !isOn(other, one)));
}
