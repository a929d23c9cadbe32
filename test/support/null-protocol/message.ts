import type { Block, BlockHeader } from '#libs/chain/block.ts';
import { type MemberIndex, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { type Claim, claimsOf, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { type Signed, signedOf } from '#libs/protocol/signed.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockRef, VoteStatement } from '#libs/protocol/vote/statement.ts';

/** The leader of every height. */
export const LEADER: MemberIndex = toMemberIndex(0);

export interface NullProposal extends Signed {
  readonly kind: 'proposal';
  readonly block: Block;
}

export interface NullVote extends Signed {
  readonly kind: 'vote';
  readonly block: BlockRef;
}

export interface NullDecision {
  readonly kind: 'decision';
  readonly certificate: QuorumCertificate;
}

export type NullMessage = NullProposal | NullVote | NullDecision;

/** The one view of a height. */
export function positionOf(instance: bigint): Position {
  return { instance, view: toView(0n) };
}

export function statementOf(kind: 'proposal' | 'vote', { height, digest }: BlockRef): VoteStatement {
  return { kind, ...positionOf(height), block: { height, digest }, reports: [] };
}

export function refOf({
  header,
  digest,
}: {
  readonly header: BlockHeader;
  readonly digest: BlockRef['digest'];
}): BlockRef {
  return { height: header.height, digest };
}

/** The sender's own signature. */
export function ownClaimOf(message: NullMessage): Claim | undefined {
  switch (message.kind) {
    case 'proposal':
      return { ...signedOf(message), statement: statementOf('proposal', refOf(message.block)) };
    case 'vote':
      return { ...signedOf(message), statement: statementOf('vote', message.block) };
    case 'decision':
      return undefined;
  }
}

export function claimsIn(message: NullMessage): readonly Claim[] {
  if (message.kind === 'decision') return claimsOf(message.certificate);
  return [ownClaimOf(message)].filter((claim) => claim !== undefined);
}
