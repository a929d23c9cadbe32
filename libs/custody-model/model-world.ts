import { type Block, type BlockHeader, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import {
  type Epoch,
  type MemberIndex,
  toDigest,
  toEpoch,
  toHeight,
  toMemberIndex,
  toView,
  type View,
} from '#libs/chain/ids.ts';
import type { CustodyContext, CustodyRequest } from '#libs/custody/custody-context.ts';
import { type CustodyState, virginState } from '#libs/custody/custody-state.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { blockStatement, type Phase } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';

export const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit'];

/** One block of the model, and the block below it; undefined: genesis. */
export interface ModelBlock {
  readonly block: Block;
  readonly parent: number | undefined;
}

/** Something that a hostile host can ask a signer for. */
export interface ModelRequest {
  readonly phase: Phase;
  /** Index of the block. */
  readonly about: number;
  readonly request: CustodyRequest;
}

/** The fixed facts of a model during its search. */
export interface ModelWorld {
  readonly context: CustodyContext;
  readonly virgin: CustodyState;
  readonly blocks: readonly ModelBlock[];
  readonly requests: readonly ModelRequest[];
  /** For each block, the indices of all blocks that neither extend it nor are extended by it. */
  readonly rivals: readonly (readonly number[])[];
}

const CHAIN = toDigest('c'.repeat(64));
const EPOCH = toEpoch(0n);
const GENESIS = genesisBlock({ genesisTimeMs: 0n });

/**
 * All views, in each two blocks on genesis and one on each block of an earlier view. A liar leads every view, so that no
 * rule about leaders helps.
 */
export function modelWorld(views: number): ModelWorld {
  return worldOf(allPlaces(views));
}

/** The place of a block: its view, the index of the block below it, undefined: genesis; and its epoch, else the first. */
export interface BlockPlace {
  readonly view: number;
  readonly parent: number | undefined;
  readonly epoch?: Epoch;
}

/** The world of these blocks. @param leader - Of every view; left out, a liar. */
export function worldOf(places: readonly BlockPlace[], leader = toMemberIndex(3)): ModelWorld {
  const validators = Array.from({ length: 4 }, (_, index) => ({
    name: `m${index}`,
    publicKey: new Uint8Array([index]),
    weight: 1n,
  }));
  const context: CustodyContext = {
    table: HOTSTUFF_TABLE,
    set: validatorSet(EPOCH, validators),
    me: toMemberIndex(0),
    root: genesisRoot(GENESIS.digest),
    leader: () => leader,
  };
  const blocks = blocksAt(places, leader);
  const virgin = virginState({ chain: CHAIN, protocol: 'hotstuff', epoch: EPOCH });
  return {
    context,
    virgin,
    blocks,
    requests: blocks.flatMap((_, about) => requestsAbout(blocks, about)),
    rivals: blocks.map((_, a) =>
      [...blocks.keys()].filter((b) => !isOn(blocks, a, b) && !isOn(blocks, b, a)),
    ),
  };
}

function allPlaces(views: number): BlockPlace[] {
  const places: BlockPlace[] = [];
  for (let view = 1; view <= views; view++) {
    const earlier = [...places.keys()];
    for (const parent of [undefined, undefined, ...earlier]) places.push({ view, parent });
  }
  return places;
}

/** Makes the blocks at these places. Blocks of one view differ by their index in the list. */
function blocksAt(places: readonly BlockPlace[], proposer: MemberIndex): ModelBlock[] {
  const blocks: ModelBlock[] = [];
  for (const [salt, { view, parent, epoch = EPOCH }] of places.entries()) {
    const below = parent === undefined ? GENESIS : blocks[parent]?.block;
    blocks.push({ parent, block: blockOn(below, { view, salt, proposer, epoch }) });
  }
  return blocks;
}

function blockOn(
  parent: Block | undefined,
  { view, salt, ...own }: { view: number; salt: number } & Pick<BlockHeader, 'proposer' | 'epoch'>,
): Block {
  const { header, digest } = parent ?? GENESIS;
  const place = { height: toHeight(header.height + 1n), view: toView(BigInt(view)), parent: digest };
  return sealBlock({ ...GENESIS.header, ...place, ...own, timestampMs: BigInt(salt) }, []);
}

/** A vote in each phase. The justification is the best that the host can have: the certificate of the parent. */
function requestsAbout(blocks: readonly ModelBlock[], about: number): ModelRequest[] {
  const found = blocks[about];
  if (found === undefined) return [];
  const { header, digest } = found.block;
  const { view, height, epoch } = header;
  const parent = found.parent === undefined ? undefined : blocks[found.parent];
  const justifyView = parent?.block.header.view ?? (0n as View);
  return PHASES.map((phase) => {
    const asked = { session: 0n, chain: CHAIN, epoch };
    const statement = blockStatement(phase, view, { height, digest });
    const grounds =
      phase === 'prepare' ? { header, justifyView } : { header: undefined, justifyView: undefined };
    return { phase, about, request: { ...asked, statement, ...grounds } };
  });
}

function isOn(blocks: readonly ModelBlock[], upper: number, lower: number): boolean {
  for (let at: number | undefined = upper; at !== undefined; at = blocks[at]?.parent) {
    if (at === lower) return true;
  }
  return false;
}
