import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stress } from './stress.ts';
import { rowOf, type StressFacts, stressOutcome } from './stress-report.ts';

const sampled = (values: readonly number[]) =>
  values.map((value) => ({ rssMib: value, handles: 20, sockets: 10 }));
const REST = { handles: 20, sockets: 10 };
const FLAT = Array.from({ length: 120 }, () => 100);

const FACTS: StressFacts = {
  peers: 2,
  forMs: 120_000,
  connectMs: [10, 2_000],
  reloadMs: [5, 1_000],
  processes: [rowOf('gateway', sampled(FLAT), { before: REST, after: REST })],
  faults: [],
};

test('F-64: P2P-20 twelve seconds of churn, peer exchange and reloads at once leave no handle and no socket behind; ten minutes of 50 peers are test/long/stress.ts', async () => {
  const { faults, connections, reloads } = await stress({ peers: 8, forMs: 12_000 });
  // How long things take is for `npm run stress` and test/long, on a machine that does nothing else.
  assert.deepEqual(
    faults.filter((fault) => !/ took \d+ ms$/.test(fault)),
    [],
  );
  assert.ok(connections > 8, 'somebody came back');
  assert.ok(reloads > 2);
});

test('P2P-20 P2P-05 the judgement names every bound that broke, and the longest of each kind', () => {
  const { connectMsP100, reloadMsP100, faults } = stressOutcome(FACTS);
  assert.deepEqual([connectMsP100, reloadMsP100, faults], [2_000, 1_000, []]);
  const grown = FLAT.map((value, at) => value + at);
  const bad = stressOutcome({
    ...FACTS,
    connectMs: [3_001],
    reloadMs: [2_001],
    processes: [
      rowOf('gateway', sampled(grown), { before: REST, after: { handles: 21, sockets: 11 } }),
      rowOf('config', sampled(FLAT), { before: REST, after: REST }),
    ],
    faults: ['config ended'],
  });
  assert.deepEqual(
    bad.faults.map((fault) => fault.replace(/ from .*|: .*/, '')),
    [
      'config ended',
      'a connection took 3001 ms',
      'a reload took 2001 ms',
      'gateway grew',
      'gateway kept handles',
    ],
  );
  assert.deepEqual(stressOutcome({ ...FACTS, connectMs: [], reloadMs: [] }).faults, [
    'nobody connected',
    'nothing was reloaded',
  ]);
});
