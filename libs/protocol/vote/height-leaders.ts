import type { BlockHeader } from '#libs/chain/block.ts';
import type { MemberIndex, View } from '#libs/chain/ids.ts';

/** The block that a height stands on, by its header; `root`: the one that the epoch starts from, which earlier members made. */
export type Opening = BlockHeader | 'root';

/**
 * The leader of a view of a height. Undefined where it follows from the block that the height stands on, and that is not
 * known here.
 */
export type LeaderOf = (
  view: View,
  instance: bigint,
  opening: Opening | undefined,
) => MemberIndex | undefined;

/** The leaders of an epoch of so many members, where each height has views of its own; pure. */
export type HeightLeaders = (members: number) => LeaderOf;
