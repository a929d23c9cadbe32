import { comparePositions } from './position.ts';
import type { BlockRef, Report, VoteStatement } from './statement.ts';

/** A total order: by instance, view, kind, the block, and then the reports. Nothing comes before something. */
export function compareStatements(a: VoteStatement, b: VoteStatement): number {
  return (
    comparePositions(a, b) ||
    compare(a.kind, b.kind) ||
    compareBlocks(a.block, b.block) ||
    compareReports(a.reports, b.reports)
  );
}

function compareBlocks(a: BlockRef | undefined, b: BlockRef | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compare(a.height, b.height) || compare(a.digest, b.digest);
}

/** By the first of them that differ. */
function compareReports([a, ...others]: readonly Report[], [b, ...rest]: readonly Report[]): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return comparePositions(a, b) || compare(a.digest, b.digest) || compareReports(others, rest);
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
