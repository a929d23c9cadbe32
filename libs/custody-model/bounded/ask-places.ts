import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { BLOCKS, type RoundsAsk, roundsAsks } from '../rounds-asks.ts';

/** The extent of a bounded search: heights from 1, and views of each from the first. */
export interface Extent {
  readonly views: number;
  readonly heights: number;
}

/** An extent in words. */
export function extentWords({ views, heights }: Extent): string {
  return `${views} views of ${heights === 1 ? 'one height' : `${heights} heights`}`;
}

/**
 * The proof that a request needs: `choice`, that the reports of a quorum leave the block open; `needs`, a certificate;
 * `report`, the certificate that it reports; `free`, none.
 */
type Proof = 'choice' | 'needs' | 'report' | 'free';

/** The place of a request in the search, in small numbers. */
export interface AskPlace {
  readonly index: number;
  readonly proof: Proof;
  /** From 0, the first height. */
  readonly height: number;
  readonly view: number;
  /** 0 or 1; -1 of a statement about no block. */
  readonly block: number;
  /** The request whose certificate it rests on, or reports; -1: none. */
  readonly on: number;
  readonly isLeave: boolean;
  readonly isDeciding: boolean;
  /** Whether a quorum of it is a certificate that anything rests on. */
  readonly isCertifiable: boolean;
}

export interface AskPlan extends Extent {
  readonly table: VoteTable;
  readonly asks: readonly RoundsAsk[];
  readonly places: readonly AskPlace[];
}

/** Everything that hosts can ask for within the extent, and how the requests rest on each other. */
export function askPlan(table: VoteTable, extent: Extent): AskPlan {
  const asks = roundsAsks(table, { ...extent, instances: extent.heights });
  const prepared = new Map(
    asks.flatMap(({ statement: { kind, instance, view, block } }, index) =>
      kind === table.prepared ? [[`${instance} ${view} ${block?.digest}`, index] as const] : [],
    ),
  );
  const needed = new Set(Object.values(table.kinds).map(({ needs }) => needs));
  const places = asks.map((ask, index): AskPlace => {
    const { kind, instance, view, block, reports } = ask.statement;
    const [report] = reports;
    const reported = report && prepared.get(`${report.instance} ${report.view} ${report.digest}`);
    return {
      ...{ index, height: Number(instance) - 1, view: Number(view - table.firstView) },
      ...{ proof: proofOf(table, ask), on: ask.needs ?? reported ?? -1 },
      block: block === undefined ? -1 : BLOCKS.indexOf(block.digest),
      isLeave: kindRowOf(table, kind)?.leaves !== undefined,
      isDeciding: kind === table.decides,
      isCertifiable: kind === table.prepared || kind === table.decides || needed.has(kind),
    };
  });
  return { ...extent, table, asks, places };
}

function proofOf(table: VoteTable, { statement: { kind }, needs }: RoundsAsk): Proof {
  const row = kindRowOf(table, kind);
  if (row?.leaves !== undefined) return 'report';
  if (row?.grounds === 'choice') return 'choice';
  return needs === undefined ? 'free' : 'needs';
}
