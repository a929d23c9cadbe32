import type { Metrics } from '#libs/metrics/metrics.ts';
import type { Attachments } from '../frames/attachments.ts';
import type { PeerRegistry } from '../peers/peer-registry.ts';

export interface GatewayNumbers {
  readonly registry: Pick<PeerRegistry, 'views' | 'connectedCount' | 'dropped'>;
  readonly attachments: Pick<Attachments, 'dropped'>;
}

/** The figures of a gateway; all of them exist anyway and are read at a scrape. No label names a peer. */
export function gatewayMetrics(metrics: Metrics, { registry, attachments }: GatewayNumbers): void {
  const peers = metrics.gauge('btcfed_gateway_peers', {
    help: 'Configured peers, by the state of their connection.',
    labels: ['state'],
  });
  const connected = metrics.gauge('btcfed_gateway_connected_peers', {
    help: 'Peers whose connection is up.',
  });
  const delinquent = metrics.gauge('btcfed_gateway_delinquent_peers', {
    help: 'Peers that were silent for longer than peers.delinquent_timeout.',
  });
  const roundTrip = metrics.gauge('btcfed_gateway_round_trip_max_seconds', {
    help: 'Slowest last ping of all connected peers.',
  });
  const dropped = metrics.counter('btcfed_gateway_dropped_frames_total', {
    help: 'Frames dropped because a peer, or our own consensus, was away or slow.',
    labels: ['to'],
  });
  const seen = new Set<string>();
  metrics.onScrape(() => {
    const views = registry.views();
    const byState = new Map<string, number>();
    for (const { state } of views) byState.set(state, (byState.get(state) ?? 0) + 1);
    for (const state of byState.keys()) seen.add(state);
    for (const state of seen) peers.set(byState.get(state) ?? 0, { state });
    connected.set(registry.connectedCount);
    delinquent.set(views.filter(({ isDelinquent }) => isDelinquent).length);
    roundTrip.set(Math.max(0, ...views.map(({ roundTripUs }) => roundTripUs)) / 1e6);
    dropped.follow(registry.dropped, { to: 'peer' });
    dropped.follow(attachments.dropped, { to: 'consensus' });
  });
}
