import { type MemberIndex, toMemberIndex, type View } from '#libs/chain/ids.ts';
import type { ValidatorSet } from '../validator-set.ts';

/** Members lead one view after the other, in the order of the set. */
export function roundRobin({ members }: ValidatorSet): (view: View) => MemberIndex {
  return (view) => toMemberIndex(Number(view % BigInt(members.length)));
}
