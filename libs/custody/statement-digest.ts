import { digestOf } from '#libs/chain/digest.ts';
import type { Digest, Epoch } from '#libs/chain/ids.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** SHA-256 of the signing bytes of a statement. */
export function statementDigest(
  table: VoteTable,
  { chain, epoch }: { readonly chain: Digest; readonly epoch: Epoch },
  statement: VoteStatement,
): Digest {
  return digestOf(table.bytes({ chain, protocol: table.protocol, epoch }, statement));
}
