import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import type { PeerView } from '../peers/peer-view.ts';
import { gatewayMetrics } from './gateway-metrics.ts';

test('P2P-94 a gateway shows its peers by state, and a state that nobody is in any more as 0', () => {
  const view: PeerView = {
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
  };
  let views: readonly PeerView[] = [view, { ...view, roundTripUs: 1_000 }];
  const metrics = new MemoryMetrics();
  const registry = { views: () => views, connectedCount: 2, dropped: 7 };
  gatewayMetrics(metrics, { registry, attachments: { dropped: 3 } });
  metrics.scrape();
  const peers = (state: string) => metrics.value('btcfed_gateway_peers', { state });
  assert.deepEqual([peers('connected'), peers('idle')], [2, 0]);
  assert.equal(metrics.value('btcfed_gateway_round_trip_max_seconds'), 0.0025);
  assert.equal(metrics.value('btcfed_gateway_dropped_frames_total', { to: 'peer' }), 7);
  assert.equal(metrics.value('btcfed_gateway_dropped_frames_total', { to: 'consensus' }), 3);
  assert.equal(metrics.value('btcfed_gateway_delinquent_peers'), 0);
  views = [{ ...view, state: 'idle', isDelinquent: true }];
  metrics.scrape();
  assert.deepEqual([peers('connected'), peers('idle')], [0, 1]);
  assert.equal(metrics.value('btcfed_gateway_delinquent_peers'), 1);
});
