import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { benchRow, benchTable } from './bench-report.ts';

describe('the report of bench', () => {
  const row = benchRow({
    members: 4,
    quorum: 3,
    protocol: 'hotstuff',
    scheme: 'slh-dsa-sha2-128f',
    signMs: 14.706,
    verifyMs: 0.894,
    floorMs: 110,
    commitMs: [220, 200, 240],
    decision: {
      cpuMs: 431.26,
      cpuMsByService: { consensus: 200, signer: 231.3 },
      signatures: 13,
      verifications: 64.5,
      syncs: 34,
      bytes: { m0: 600_000 },
    },
    load: {
      transactions: 1_024,
      transactionBytes: 1_024,
      seconds: 2,
      cpuUsByService: { consensus: 1_000.4, gateway: 500.3 },
      clientCpuUs: 70,
      triedAgain: 3,
      blocks: 2,
      blockTransactionsMax: 600,
    },
    idleCpuPercent: 1.26,
    readyMs: 900.2,
    agree: true,
  });

  test('compares the median with the floor', () => {
    assert.equal(row.commitMsP50, 220);
    assert.equal(row.ratio, 2);
    assert.equal(row.decision.cpuMs, 431.3);
    assert.deepEqual([row.signMs, row.verifyMs, row.idleCpuPercent], [14.71, 0.89, 1.3]);
  });

  test('counts transactions and bytes by the second', () => {
    assert.equal(row.load.transactionsPerSecond, 512);
    assert.equal(row.load.kibibytesPerSecond, 512);
    assert.equal(row.load.cpuUsPerTransaction, 1_501);
  });

  test('is a Markdown table with as many cells in each row', () => {
    const lines = benchTable([row, row]).split('\n');
    assert.equal(lines.length, 4);
    assert.equal(new Set(lines.map((line) => line.split('|').length)).size, 1);
  });
});
