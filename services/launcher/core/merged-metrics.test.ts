import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { promtoolComplaints, withoutPromtool } from '#test/support/metrics/promtool.ts';
import { mergedMetrics } from './merged-metrics.ts';

const page = (service: string, own: string) => `# HELP btcfed_a_bytes Bytes.
# TYPE btcfed_a_bytes gauge
btcfed_a_bytes{service="${service}"} 3
btcfed_a_bytes{of="b",service="${service}"} 4

# HELP ${own} Own.
# TYPE ${own} counter
${own}{service="${service}"} 5
`;

describe('the pages of several services', () => {
  test('P2P-94 are one: each metric in one piece, told once, with the series of all, and none is lost', () => {
    const both = mergedMetrics([page('x', 'btcfed_x_total'), '', page('y', 'btcfed_y_total')]);
    assert.equal(
      both,
      `# HELP btcfed_a_bytes Bytes.
# TYPE btcfed_a_bytes gauge
btcfed_a_bytes{service="x"} 3
btcfed_a_bytes{of="b",service="x"} 4
btcfed_a_bytes{service="y"} 3
btcfed_a_bytes{of="b",service="y"} 4

# HELP btcfed_x_total Own.
# TYPE btcfed_x_total counter
btcfed_x_total{service="x"} 5

# HELP btcfed_y_total Own.
# TYPE btcfed_y_total counter
btcfed_y_total{service="y"} 5
`,
    );
  });

  test('keep the series of a histogram with it, and drop what belongs to no metric', () => {
    const histogram =
      '# HELP btcfed_h_seconds H.\n# TYPE btcfed_h_seconds histogram\nbtcfed_h_seconds_bucket{le="1"} 1\nbtcfed_h_seconds_sum 1\n';
    assert.equal(mergedMetrics([`stray 1\n${histogram}`]), histogram);
    assert.equal(mergedMetrics(['', '']), '');
  });

  test('are what promtool takes', { skip: withoutPromtool }, () => {
    assert.deepEqual(
      promtoolComplaints(mergedMetrics([page('x', 'btcfed_x_total'), page('y', 'btcfed_y_total')])),
      [],
    );
  });
});
