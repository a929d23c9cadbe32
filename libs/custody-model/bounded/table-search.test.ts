import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { ROUNDS_TABLES } from '#libs/custody/tables/rounds.ts';
import { tableFault } from '#libs/protocol/vote/table-fault.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { type Extent, extentWords } from './ask-places.ts';
import { promisesNoSplit, searchBroken, searchTable, type TableResult } from './table-search.ts';

const FREE = { ceiling: { bytesMax: 2 ** 30, untilMs: 1 }, nowMs: () => 0 } as const;

function tableOf(protocol: string): VoteTable {
  const table = ROUNDS_TABLES.get(protocol);
  assert.ok(table);
  return table;
}

function search(protocol: string, extent: Extent): TableResult {
  return searchTable({ ...FREE, ...extent, table: tableOf(protocol) });
}

describe('the tables of rounds, one key of four a liar', () => {
  for (const [protocol, extent, states] of [
    ['pbft', { views: 2, heights: 1 }, 341],
    ['dbft', { views: 2, heights: 1 }, 753],
    ['phased', { views: 2, heights: 1 }, 700],
    ['pbft', { views: 3, heights: 1 }, 12_988],
    ['dbft', { views: 3, heights: 1 }, 26_628],
    ['phased', { views: 3, heights: 1 }, 32_164],
    ['pbft', { views: 2, heights: 2 }, 13_545],
  ] as const) {
    const size = extentWords(extent);
    test(`${protocol}: no fork, no split and no mute key in all states of ${size}`, () => {
      const { end, broken, ...found } = search(protocol, extent);
      assert.deepEqual([end, broken, found.states, found.frontier], ['closed', undefined, states, 0]);
    });
  }

  test('the same when every signature of every key is told apart', () => {
    for (const [protocol, states] of [
      ['pbft', 11_528],
      ['dbft', 107_380],
      ['phased', 88_182],
    ] as const) {
      const table = tableOf(protocol);
      const promise = { isSplitBroken: promisesNoSplit(table), isMuteBroken: false };
      const found = searchBroken({ ...FREE, ...promise, table, views: 2, heights: 1, rules: ALL_RULES });
      assert.deepEqual([found.end, found.states], ['closed', states], protocol);
    }
  });

  test('dBFT alone promises that no two honest COMMITs of a height are for two blocks', () => {
    const promising = [...ROUNDS_TABLES].filter(([, table]) => promisesNoSplit(table));
    assert.deepEqual(
      promising.map(([protocol]) => protocol),
      ['dbft'],
    );
  });

  test('every table is one that keys and readers of evidence can go by', () => {
    for (const [protocol, table] of ROUNDS_TABLES) assert.equal(tableFault(table), undefined, protocol);
  });
});

describe('a search that does not close', () => {
  test('tells how far it came when its time is over', () => {
    let looks = 0;
    const { end, states, frontier, signatures } = searchTable({
      table: tableOf('pbft'),
      ...{ views: 3, heights: 2 },
      ceiling: { bytesMax: 2 ** 30, untilMs: 1 },
      nowMs: () => looks++,
    });
    assert.equal(end, 'minutes');
    assert.ok(states > frontier && frontier > 0 && signatures > 5, `${states} ${frontier} ${signatures}`);
  });

  test('and when its memory is full', () => {
    const ceiling = { bytesMax: 2 ** 19, untilMs: 1 };
    const table = tableOf('dbft');
    const { end, broken, states } = searchTable({ ...FREE, ceiling, table, views: 3, heights: 1 });
    assert.deepEqual([end, broken, states > 1000 && states < 26_628], ['memory', undefined, true]);
  });

  test('and tells nothing at all where there is room for nothing', () => {
    const ceiling = { bytesMax: 1, untilMs: 1 };
    const table = tableOf('dbft');
    const { end, states } = searchTable({ ...FREE, ceiling, table, views: 2, heights: 1 });
    assert.deepEqual([end, states], ['memory', 0]);
  });
});
