import { toMemberIndex } from '#libs/chain/ids.ts';
import type { HeightLeaders } from '../vote/height-leaders.ts';

/**
 * The member after the proposer of the block before leads the first view of a height, and the members after it the next
 * ones. The first height of an epoch begins with member 0: the proposer of the block before had another index, or left.
 */
export const afterLast: HeightLeaders = (members) => (view, _instance, opening) => {
  if (opening === undefined) return undefined;
  const first = opening === 'root' ? 0n : BigInt(opening.proposer) + 1n;
  return toMemberIndex(Number((first + view) % BigInt(members)));
};
