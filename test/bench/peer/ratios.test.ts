import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Contender } from './contenders.ts';
import { type PeerRun, ratiosOf, spreadsOf } from './ratios.ts';

type Four = readonly [perSecond: number, cpuUs: number, p50: number, p99: number];

function run(turn: number, contender: Contender, figures: Four): PeerRun {
  const [transactionsPerSecond, cpuUsPerTransaction, commitMsP50, commitMsP99] = figures;
  return {
    turn,
    contender,
    measures: { transactionsPerSecond, cpuUsPerTransaction, commitMsP50, commitMsP99 },
  };
}

const RUNS = [
  ...[
    run(1, 'btcfed', [3_000, 500, 200, 400]),
    run(1, 'cometbft-default', [1_500, 1_000, 700, 800]),
    run(1, 'cometbft-gossip-5ms', [1_000, 1_250, 50, 100]),
  ],
  ...[
    run(2, 'cometbft-default', [1_000, 1_000, 500, 800]),
    run(2, 'cometbft-gossip-5ms', [2_000, 800, 100, 200]),
    run(2, 'btcfed', [2_000, 400, 300, 400]),
  ],
  ...[
    run(3, 'cometbft-gossip-5ms', [1_000, 1_000, 100, 100]),
    run(3, 'btcfed', [1_000, 600, 100, 400]),
    run(3, 'cometbft-default', [1_000, 2_000, 700, 800]),
  ],
];

describe('the ratios of a federation to CometBFT', () => {
  test('are of the same turn, with minimum, median and maximum', () => {
    const ratios = ratiosOf(RUNS);
    assert.deepEqual(ratios['cometbft-default'].transactionsPerSecond, { min: 1, median: 2, max: 2 });
    assert.deepEqual(ratios['cometbft-gossip-5ms'].transactionsPerSecond, { min: 1, median: 1, max: 3 });
    assert.deepEqual(ratios['cometbft-default'].commitMsP50, { min: 0.14, median: 0.29, max: 0.6 });
  });

  test('take for the better setting the one that is ahead in that figure and turn', () => {
    const { better } = ratiosOf(RUNS);
    assert.deepEqual(better.transactionsPerSecond, { min: 1, median: 1, max: 2 });
    assert.deepEqual(better.cpuUsPerTransaction, { min: 0.5, median: 0.5, max: 0.6 });
    assert.deepEqual(better.commitMsP50, { min: 1, median: 3, max: 4 });
    assert.deepEqual(better.commitMsP99, { min: 2, median: 4, max: 4 });
  });

  test('are refused where a turn lacks one of them', () => {
    const short = RUNS.filter(({ turn, contender }) => turn !== 2 || contender !== 'cometbft-default');
    assert.throws(() => ratiosOf(short), /^Error: turn 2 has no run of cometbft-default$/);
    assert.throws(() => ratiosOf([]), /a spread of no runs/);
  });

  test('are refused where a figure is nothing to divide by', () => {
    for (const nothing of [0, Number.NaN, -1]) {
      const runs = [...RUNS.slice(0, 2), run(1, 'cometbft-gossip-5ms', [1_000, 1_250, nothing, 100])];
      assert.throws(() => ratiosOf(runs), /^Error: turn 1, cometbft-gossip-5ms: commitMsP50 is/);
    }
  });
});

test('the figures of each are over its own runs', () => {
  const { btcfed } = spreadsOf(RUNS);
  assert.deepEqual(btcfed.transactionsPerSecond, { min: 1_000, median: 2_000, max: 3_000 });
  assert.deepEqual(btcfed.commitMsP99, { min: 400, median: 400, max: 400 });
});
