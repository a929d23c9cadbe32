import { toMemberIndex } from '#libs/chain/ids.ts';
import type { HeightLeaders } from '../vote/height-leaders.ts';

/** Heights go round the members upwards, and the views of a height downwards from there. */
export const minusView: HeightLeaders = (members) => (view, instance) => {
  const count = BigInt(members);
  return toMemberIndex(Number((instance + count - (view % count)) % count));
};
