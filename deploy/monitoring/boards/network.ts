import type { Board } from './board.ts';
import { chosen, perSecond } from './queries.ts';

/** Between the members: who is connected to whom, how well, and with how much. */
export const NETWORK: Board = {
  name: 'network',
  title: 'BTC federation: network',
  description:
    'Between the members: who is connected to whom, round trips, bytes, what waits and what was dropped.',
  panels: [
    {
      title: 'Fewest connected peers',
      description: 'Of the gateway with the fewest peers whose connection is up: runbook PeersAway.',
      unit: 'none',
      query: `min(${chosen('btcfed_gateway_connected_peers')})`,
      legend: 'peers',
      isFigure: true,
    },
    {
      title: 'Silent peers',
      description:
        'Peers that some gateway did not hear for longer than peers.delinquent_timeout; `btcfed peers list` names them.',
      unit: 'none',
      query: `max(${chosen('btcfed_gateway_delinquent_peers')})`,
      legend: 'peers',
      isFigure: true,
      redFrom: 1,
    },
    {
      title: 'Slowest round trip',
      description: 'The slowest last ping of any two gateways: runbook RoundTripSlow.',
      unit: 's',
      query: `max(${chosen('btcfed_gateway_round_trip_max_seconds')})`,
      legend: 'round trip',
      isFigure: true,
      redFrom: 1,
    },
    {
      title: 'Peers in peers.yaml',
      description: 'Valid peers in the longest peers.yaml.',
      unit: 'none',
      query: `max(${chosen('btcfed_config_peers')})`,
      legend: 'peers',
      isFigure: true,
    },
    {
      title: 'Connected peers',
      description: 'Peers whose connection is up, at each gateway.',
      unit: 'none',
      query: chosen('btcfed_gateway_connected_peers'),
      legend: '{{member}}',
    },
    {
      title: 'Peers by the state of their connection',
      description: 'All peers of peers.yaml: which states they are in, at each gateway.',
      unit: 'none',
      query: `sum by (member, state) (${chosen('btcfed_gateway_peers')})`,
      legend: '{{member}}: {{state}}',
    },
    {
      title: 'Members whose gateways are connected',
      description: 'As consensus hears of them from its gateway.',
      unit: 'none',
      query: chosen('btcfed_consensus_connected_peers'),
      legend: '{{member}}',
    },
    {
      title: 'Round trip',
      description: 'Last ping between two members. If all see one member as slow, it is that one.',
      unit: 's',
      query: chosen('btcfed_gateway_member_round_trip_seconds'),
      legend: '{{member}} → {{of_member}}',
    },
    {
      title: 'Bytes sent a second',
      description: 'Handed to the connection of a member.',
      unit: 'Bps',
      query: perSecond('btcfed_gateway_member_sent_bytes_total'),
      legend: '{{member}} → {{of_member}}',
    },
    {
      title: 'Bytes received a second',
      description: 'Frames that came from a member.',
      unit: 'Bps',
      query: perSecond('btcfed_gateway_member_received_bytes_total'),
      legend: '{{member}} ← {{of_member}}',
    },
    {
      title: 'Bytes that wait for a member',
      description: 'A queue that stays is a member, or a line, that is too slow.',
      unit: 'bytes',
      query: chosen('btcfed_gateway_member_queued_bytes'),
      legend: '{{member}} → {{of_member}}',
    },
    {
      title: 'Frames dropped at the gateway',
      description: 'A second: because a peer, or our own consensus, was away or slow.',
      unit: 'ops',
      query: `sum by (member, to) (${perSecond('btcfed_gateway_dropped_frames_total')})`,
      legend: '{{member}}: to {{to}}',
    },
    {
      title: 'Frames dropped before the gateway',
      description:
        'A second: the gateway of this member did not take them, or one member asked for too many.',
      unit: 'ops',
      query: perSecond('btcfed_consensus_dropped_frames_total'),
      legend: '{{member}}',
    },
    {
      title: 'Messages by HTTP that failed',
      description:
        'Tries a second, by the member that was dialled: with the transport http-json alone, which has no gateway.',
      unit: 'ops',
      query: perSecond('btcfed_consensus_http_send_failures_total'),
      legend: '{{member}} → {{of_member}}',
    },
    {
      title: 'HTTP requests answered',
      description: 'A second, by status: 429 is a member or a client that asks for more than its share.',
      unit: 'ops',
      query: `sum by (member, status) (${perSecond('btcfed_http_requests_total')})`,
      legend: '{{member}}: {{status}}',
    },
    {
      title: 'Complaints about peers',
      description:
        'Faults of peers, by the sentence that the log has for them, since the start of the gateway.',
      unit: 'short',
      query: `sum by (member, cause) (${chosen('btcfed_gateway_complaints_total')})`,
      legend: '{{member}}: {{cause}}',
    },
    {
      title: 'Bytes of messages sent a second',
      description:
        'By consensus to its gateway; a message to all counts once here, and once for each peer at the gateway.',
      unit: 'Bps',
      query: perSecond('btcfed_consensus_sent_bytes_total'),
      legend: '{{member}}',
    },
    {
      title: 'Bytes of messages received a second',
      description: 'By consensus from its gateway.',
      unit: 'Bps',
      query: perSecond('btcfed_consensus_received_bytes_total'),
      legend: '{{member}}',
    },
  ],
};
