import { equalBytes } from '#libs/bytes/bytes.ts';
import type { CustodyContext } from '#libs/custody/custody-context.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { EpochBasis } from './custody-ledger.ts';

/** The binding of a key in an epoch: it is the member of the set with its public key, or none. */
export function custodyContextOf(
  table: VoteTable,
  publicKey: Uint8Array,
  { set, root }: EpochBasis,
): CustodyContext {
  const me = set.members.find((member) => equalBytes(member.publicKey, publicKey))?.index;
  return { table, set, root, me, leader: table.leaders?.(set.members.length) ?? roundRobin(set) };
}
