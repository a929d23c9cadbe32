import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import type { PeerView } from '../peers/peer-view.ts';
import { gatewayMetrics } from './gateway-metrics.ts';

const VIEW: PeerView = {
  key: 'ab',
  peerId: '12D3',
  addresses: [],
  state: 'connected',
  failures: 0,
  lastError: '',
  roundTripUs: 2_500,
  silentMs: 0,
  isDelinquent: false,
  unsentFrames: 0,
  unsentSinceHeard: 0,
  member: 'bob',
  receivedBytes: 70,
  sentBytes: 50,
  queuedBytes: 9,
};

function stage(first: readonly PeerView[]) {
  const shown = { views: first, complaints: new Map([['peer is refused: other chain', 3]]) };
  const metrics = new MemoryMetrics();
  const registry = {
    views: () => shown.views,
    connectedCount: 2,
    dropped: 7,
    complaints: shown.complaints,
  };
  gatewayMetrics(metrics, { registry, attachments: { dropped: 3 } });
  return { metrics, shown };
}

test('P2P-94 a gateway shows its peers by state, and a state that nobody is in any more as 0', async () => {
  const { metrics, shown } = stage([VIEW, { ...VIEW, roundTripUs: 1_000 }]);
  await metrics.scrape();
  const peers = (state: string) => metrics.value('btcfed_gateway_peers', { state });
  assert.deepEqual([peers('connected'), peers('idle')], [2, 0]);
  assert.equal(metrics.value('btcfed_gateway_round_trip_max_seconds'), 0.0025);
  assert.equal(metrics.value('btcfed_gateway_dropped_frames_total', { to: 'peer' }), 7);
  assert.equal(metrics.value('btcfed_gateway_dropped_frames_total', { to: 'consensus' }), 3);
  assert.equal(metrics.value('btcfed_gateway_delinquent_peers'), 0);
  const cause = 'peer is refused: other chain';
  assert.equal(metrics.value('btcfed_gateway_complaints_total', { cause }), 3);
  shown.views = [{ ...VIEW, state: 'idle', isDelinquent: true }];
  await metrics.scrape();
  assert.deepEqual([peers('connected'), peers('idle')], [0, 1]);
  assert.equal(metrics.value('btcfed_gateway_delinquent_peers'), 1);
});

test('F-44: a gateway shows bytes and round trip of each member by its name, and of no other peer', async () => {
  const stranger = { ...VIEW, key: 'cd', member: undefined, receivedBytes: 1_000 };
  const { metrics, shown } = stage([VIEW, stranger]);
  await metrics.scrape();
  const of_member = 'bob';
  const value = (name: string) => metrics.value(`btcfed_gateway_member_${name}`, { of_member });
  assert.deepEqual(
    ['received_bytes_total', 'sent_bytes_total', 'queued_bytes', 'round_trip_seconds'].map(value),
    [70, 50, 9, 0.0025],
  );
  assert.equal(metrics.seriesOf('btcfed_gateway_member_received_bytes_total'), 1);
  shown.views = [{ ...VIEW, state: 'failed', receivedBytes: 75 }];
  await metrics.scrape();
  assert.equal(value('received_bytes_total'), 75);
  assert.equal(metrics.has('btcfed_gateway_member_round_trip_seconds', { of_member }), false);
});

test('F-44: a member that left has no round trip and no queue any more', async () => {
  const { metrics, shown } = stage([VIEW]);
  await metrics.scrape();
  shown.views = [];
  await metrics.scrape();
  for (const name of ['round_trip_seconds', 'queued_bytes'])
    assert.equal(metrics.seriesOf(`btcfed_gateway_member_${name}`), 0, name);
});
