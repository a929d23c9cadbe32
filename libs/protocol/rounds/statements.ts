import { assert } from '#libs/assert/assert.ts';
import type { Height, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { Position } from '../vote/position.ts';
import type { BlockRef, Report, VoteStatement } from '../vote/statement.ts';
import type { VoteTable } from '../vote/vote-table.ts';
import type { RoundsStatement } from './message.ts';

/** The position of a view of a height: each height is an instance. */
export function roundPosition({ height, view }: { readonly height: Height; readonly view: View }): Position {
  return { instance: height, view };
}

/** A statement about a block of the open height: the leader's proposal, or a vote. */
export function roundStatement(kind: string, view: View, { height, digest }: BlockRef): VoteStatement {
  return { kind, instance: height, view, block: { height, digest }, reports: [] };
}

/** "I have given this view up; this is the highest certificate that I prepared in this height." */
export function leaveStatement(
  table: VoteTable,
  { height, view, prepared }: Placed & { readonly prepared: QuorumCertificate | undefined },
): VoteStatement {
  return { kind: leaveKind(table), instance: height, view, block: undefined, reports: reportsOf(prepared) };
}

interface Placed {
  readonly height: Height;
  readonly view: View;
}

/** The report of a prepared certificate, or none. */
export function reportsOf(prepared: QuorumCertificate | undefined): readonly Report[] {
  if (prepared === undefined) return [];
  const { instance, view, digest } = prepared;
  return [{ instance, view, digest }];
}

/** The statement that a message carries the signature of. */
export function statementIn(table: VoteTable, message: RoundsStatement): VoteStatement {
  switch (message.kind) {
    case 'proposal': {
      const { height, view, block } = message;
      return roundStatement(table.proposal, view, { height, digest: block.digest });
    }
    case 'vote': {
      const { step, height, view, digest } = message;
      return roundStatement(step, view, { height, digest });
    }
    case 'leave':
      return leaveStatement(table, message);
  }
}

/** The kind by which a view is given up: every table has one. */
export function leaveKind({ kinds, protocol }: VoteTable): string {
  const found = Object.entries(kinds).find(([, row]) => row.leaves !== undefined);
  assert(found !== undefined, `${protocol} has no kind that gives a view up`);
  return found[0];
}
