import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { encodeMembershipVote, membershipSigningBytes } from '#libs/membership/vote.ts';
import type { SimulatedFederation } from './federation.ts';

/** A vote for a change, as its voter says it. */
export interface ClaimedVote {
  readonly change: MembershipChange;
  readonly goodUntil: Height;
  /** The member in whose name it is: its place in the epoch that the change ends. */
  readonly member: MemberIndex;
  /** The protocol of that epoch. */
  readonly protocol: string;
}

/** A vote for a change of the members, signed with the key of a node. */
export function signedVote(
  { votes }: Pick<SimulatedFederation, 'votes'>,
  node: MemberIndex,
  { change, goodUntil, member, protocol }: ClaimedVote,
): Transaction {
  const vote = { change, digest: changeDigest(change), goodUntil };
  const signature = votes.sign(node, membershipSigningBytes(protocol, vote));
  return transactionOf(encodeMembershipVote({ ...vote, member, signature }));
}
