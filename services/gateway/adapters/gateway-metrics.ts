import type { Metrics } from '#libs/metrics/metrics.ts';
import type { Attachments } from '../frames/attachments.ts';
import type { PeerRegistry } from '../peers/peer-registry.ts';
import type { PeerView } from '../peers/peer-view.ts';

export interface GatewayNumbers {
  readonly registry: Pick<PeerRegistry, 'views' | 'connectedCount' | 'dropped' | 'complaints'>;
  readonly attachments: Pick<Attachments, 'dropped'>;
}

/** The figures of a gateway; all of them exist anyway and are read at a scrape. Labels name members of the chain, and no other peer. */
export function gatewayMetrics(metrics: Metrics, { registry, attachments }: GatewayNumbers): void {
  const peers = metrics.gauge('btcfed_gateway_peers', {
    help: 'Configured peers, by the state of their connection.',
    labels: ['state'],
  });
  const connected = metrics.gauge('btcfed_gateway_connected_peers', {
    help: 'Peers whose connection is up.',
  });
  const delinquent = metrics.gauge('btcfed_gateway_delinquent_peers', {
    help: 'Peers that were silent for longer than peers.delinquent_timeout; "btcfed peers list" names them.',
  });
  const roundTrip = metrics.gauge('btcfed_gateway_round_trip_max_seconds', {
    help: 'Slowest last ping of all connected peers.',
  });
  const dropped = metrics.counter('btcfed_gateway_dropped_frames_total', {
    help: 'Frames dropped because a peer, or our own consensus, was away or slow. One for all counts once for each member that is away.',
    labels: ['to'],
  });
  const complaints = metrics.counter('btcfed_gateway_complaints_total', {
    help: 'Faults of peers, by the sentence that the log has for them.',
    labels: ['cause'],
  });
  const showMembers = memberMetrics(metrics);
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
    for (const [cause, count] of registry.complaints) complaints.follow(count, { cause });
    showMembers(views);
  });
}

/** One series for each peer that has a part in the chain: its members, 512 at most, and a few guests. */
function memberMetrics(metrics: Metrics): (views: readonly PeerView[]) => void {
  const labels = ['of_member'];
  const counter = (name: string, help: string) =>
    metrics.counter(`btcfed_gateway_member_${name}`, { help, labels });
  const received = counter('received_bytes_total', 'Bytes of frames that came from a member.');
  const sent = counter('sent_bytes_total', 'Bytes of frames that were handed to the connection of a member.');
  const gauge = (name: string, help: string) =>
    metrics.gauge(`btcfed_gateway_member_${name}`, { help, labels });
  const queued = gauge('queued_bytes', 'Bytes of frames that wait for a member that is slow.');
  const roundTrip = gauge(
    'round_trip_seconds',
    'Last ping of a member that is connected; absent until there was one.',
  );
  return (views) => {
    queued.clear();
    roundTrip.clear();
    for (const { member, receivedBytes, sentBytes, queuedBytes, state, roundTripUs } of views) {
      if (member === undefined) continue;
      const labelled = { of_member: member };
      received.follow(receivedBytes, labelled);
      sent.follow(sentBytes, labelled);
      queued.set(queuedBytes, labelled);
      if (state === 'connected' && roundTripUs > 0) roundTrip.set(roundTripUs / 1e6, labelled);
    }
  };
}
