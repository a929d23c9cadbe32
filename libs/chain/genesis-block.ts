import { toHex } from '#libs/bytes/hex.ts';
import { type Block, sealBlock } from './block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView, ZERO_DIGEST } from './ids.ts';
import { emptyRoot } from './merkle.ts';

export interface GenesisFacts {
  /** The federation's agreed start, milliseconds since 1970. */
  readonly genesisTimeMs: bigint;
}

/**
 * The block that every chain starts from: height 0, view 0, no parent, no transactions (HS-04). It does not
 * name its chain: every signature does, and a chain store remembers which chain it belongs to.
 */
export function genesisBlock({ genesisTimeMs }: GenesisFacts): Block {
  const empty = toDigest(toHex(emptyRoot()));
  const header = {
    height: toHeight(0n),
    epoch: toEpoch(0n),
    view: toView(0n),
    proposer: toMemberIndex(0),
    timestampMs: genesisTimeMs,
    parent: ZERO_DIGEST,
    payloadRoot: empty,
    stateRoot: empty,
    transactionCount: 0,
    extensions: [],
  };
  return sealBlock(header, []);
}
