import type { Digest, Epoch } from '#libs/chain/ids.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Custodian } from './custodian.ts';
import type { CustodyRequest } from './custody-context.ts';
import { type Learnable, learnableCertificate, learnableLeave, learnableProposal } from './learn-grounds.ts';

/** The asker, and its chain. */
export interface Asking {
  readonly session: bigint;
  readonly chain: Digest;
  readonly epoch: Epoch;
}

/** A statement and its grounds, as custody judges them. */
export function statementRequest(asking: Asking, statement: VoteStatement, grounds: Grounds): CustodyRequest {
  const { header, certificate } = grounds;
  return { ...asking, statement, header, justifyView: certificate?.view };
}

/** All facts that the grounds of a statement would teach. Malformed grounds teach nothing. */
export function learnables(
  custodian: Custodian,
  statement: VoteStatement,
  { proposalSignature, certificate, entry }: Grounds,
): readonly Learnable[] {
  const found: (Learnable | undefined)[] = [];
  if (certificate !== undefined) found.push(learnableCertificate(custodian, certificate));
  if (entry !== undefined) found.push(learnableCertificate(custodian, entry.commit));
  if (entry?.timeoutCertificate !== undefined)
    found.push(learnableLeave(custodian, entry.timeoutCertificate));
  const { block } = statement;
  if (proposalSignature !== undefined && block !== undefined && restsOnProposal(custodian.context, statement))
    found.push(learnableProposal(custodian, statement, block, proposalSignature));
  return found.filter((each) => each !== undefined);
}

/** Whether a statement is a vote for what the leader of its view proposed. */
export function restsOnProposal({ table }: { readonly table: VoteTable }, { kind }: VoteStatement): boolean {
  const row = kindRowOf(table, kind);
  if (row === undefined || row.leaderOnly === true) return false;
  return row.grounds === 'proposal' || row.grounds === 'choice';
}
