import type { Metrics } from '#libs/metrics/metrics.ts';

/** Counts the messages that a peer did not take: for the peer that was dialled, never for the member that signed them. */
export function sendFailures(metrics: Metrics): (peer: string) => void {
  const failures = metrics.counter('btcfed_consensus_http_send_failures_total', {
    help: 'Tries to send a message by HTTP that failed, by the member that was dialled.',
    labels: ['of_member'],
  });
  return (peer) => failures.add(1, { of_member: peer });
}
