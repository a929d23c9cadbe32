import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CONTENDERS, type Contender } from './contenders.ts';
import { peerReport, peerRow, peerTables } from './peer-report.ts';

const facts = (perSecond: number) => ({
  commitMs: [220, 200, 240.04],
  agree: true,
  load: {
    transactions: perSecond * 10,
    transactionBytes: 1_000,
    seconds: 10,
    cpuUsByService: { consensus: 300.4, gateway: 100.3 },
    clientCpuUs: 50,
    triedAgain: 2,
    blocks: 3,
    blockTransactionsMax: 9,
  },
});
const row = (turn: number, contender: Contender, perSecond: number) =>
  peerRow({ turn, contender }, facts(perSecond));

describe('the report of bench:peer', () => {
  const rows = [1, 2].flatMap((turn) =>
    CONTENDERS.map((name, index) => row(turn, name, 1_000 * (turn + index))),
  );

  test('counts transactions by the second, the work of all services, and single commits', () => {
    const [first] = rows;
    assert.deepEqual(first?.measures, {
      transactionsPerSecond: 1_000,
      cpuUsPerTransaction: 401,
      commitMsP50: 220,
      commitMsP99: 240,
    });
    assert.deepEqual([first.samples, first.load.clientCpuUs, first.agree], [3, 50, true]);
  });

  test('has every run, the figures of each, and the ratios', () => {
    const { runs, contenders, ratios } = peerReport(rows);
    assert.equal(runs.length, 6);
    assert.deepEqual(contenders['cometbft-default'].transactionsPerSecond, {
      min: 2_000,
      median: 2_000,
      max: 3_000,
    });
    assert.deepEqual(ratios.better.transactionsPerSecond, { min: 0.33, median: 0.33, max: 0.5 });
  });

  test('is two Markdown tables, each with as many cells in every row', () => {
    const tables = peerTables(rows).split('\n\n');
    assert.equal(tables.length, 2);
    for (const table of tables) {
      const lines = table.split('\n');
      assert.equal(lines.length, 5);
      assert.equal(new Set(lines.map((line) => line.split('|').length)).size, 1);
    }
    assert.match(tables[0] ?? '', /\| cometbft-default \| 2000 \(2000 – 3000\) \| 401 \|/);
    assert.match(tables[1] ?? '', /\| the better setting \| 0\.33 \(0\.33 – 0\.5\) \| 1 \|/);
  });

  test('of a member that was never final in time is refused, and makes no ratio', () => {
    const none = peerRow({ turn: 1, contender: 'btcfed' }, { ...facts(1_000), commitMs: [] });
    assert.throws(() => peerReport([none, ...rows.slice(1, 3)]), /turn 1, btcfed: commitMsP50 is 0/);
  });
});
