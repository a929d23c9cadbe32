import { ruleCases } from '#libs/custody-model/bounded/rule-cases.ts';
import { searchTable } from '#libs/custody-model/bounded/table-search.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { KeySearchCase } from './key-search-case.ts';

const QUICKLY = [{ views: 2, heights: 1 }] as const;

/** The extents whose searches close within minutes. */
const IN_WHOLE = [...QUICKLY, { views: 3, heights: 1 }, { views: 2, heights: 2 }] as const;

/** The searches over a table in which each height has views of its own, as libs/custody-model has them. */
export function roundsCases(table: VoteTable, isWhole: boolean): readonly KeySearchCase[] {
  const searches = (isWhole ? IN_WHOLE : QUICKLY).map(({ views, heights }) => ({
    name: `${views} views of ${heights} heights`,
    mustBreak: undefined,
    run: () => {
      // The search ends by its memory, not by a clock: the same everywhere.
      const ceiling = { bytesMax: 2 ** 31, untilMs: Number.POSITIVE_INFINITY };
      const { states, broken, end } = searchTable({ table, views, heights, ceiling, nowMs: () => 0 });
      return { states, broken, isClosed: end === 'closed' };
    },
  }));
  const broken = ruleCases(table).map(({ rule, breaks, run }) => ({
    ...{ name: `without "${rule}"`, mustBreak: breaks },
    run: () => ({ ...run(), isClosed: true }),
  }));
  return isWhole ? [...searches, ...broken] : searches;
}
