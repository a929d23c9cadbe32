import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metricComplaints } from './prometheus-lint.ts';
import { promtoolComplaints, withoutPromtool } from './promtool.ts';

const metric = (name: string, type: string, series: readonly string[] = [`${name} 1`]): string =>
  [`# HELP ${name} For the test.`, `# TYPE ${name} ${type}`, ...series, ''].join('\n');

const GOOD: readonly string[] = [
  metric('btcfed_a_total', 'counter'),
  metric('btcfed_build_info', 'gauge', ['btcfed_build_info{version="1",member="m:0",chain="a b"} 1']),
  metric('btcfed_wait_seconds', 'histogram', [
    'btcfed_wait_seconds_bucket{le="1"} 2',
    'btcfed_wait_seconds_bucket{le="+Inf"} 2',
    'btcfed_wait_seconds_sum 1.5',
    'btcfed_wait_seconds_count 2',
  ]),
];

/** One for each rule. */
const BAD: readonly string[] = [
  '# TYPE btcfed_helpless_info gauge\nbtcfed_helpless_info 1\n',
  metric('btcfed_a', 'counter'),
  metric('btcfed_peers_total', 'gauge'),
  metric('btcfed_peers_count', 'gauge'),
  metric('btcfed_peers_sum', 'gauge'),
  metric('btcfed_peers_bucket', 'gauge'),
  metric('btcfed_peers', 'gauge', ['btcfed_peers{le="1"} 1']),
  metric('btcfed_peers', 'gauge', ['btcfed_peers{quantile="1"} 1']),
  metric('btcfed_peers_gauge', 'gauge'),
  metric('btcfed_wait_milliseconds', 'gauge'),
  metric('btcfed_wait_minutes', 'gauge'),
  metric('btcfed_sent_megabytes', 'gauge'),
  metric('btcfed_wait_ms', 'gauge'),
  metric('btcfed:peers', 'gauge'),
  metric('btcfed_connectedPeers', 'gauge'),
  metric('btcfed_peers', 'gauge', ['btcfed_peers{peerId="1"} 1']),
];

describe('the rules of promtool', () => {
  for (const text of GOOD) {
    test(`F-44: take ${text.split('\n')[1]}`, () => assert.deepEqual(metricComplaints(text), []));
  }

  for (const text of BAD) {
    test(`F-44: refuse ${text.split('\n').slice(0, -1).join(' | ')}`, () => {
      assert.equal(metricComplaints(text).length, 1);
    });
  }

  test('F-44: are those of the program', { skip: withoutPromtool }, () => {
    for (const text of GOOD) assert.deepEqual(promtoolComplaints(text), [], text);
    for (const text of BAD) assert.notDeepEqual(promtoolComplaints(text), [], text);
  });
});
