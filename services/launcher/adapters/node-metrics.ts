import type { Metrics } from '#libs/metrics/metrics.ts';
import type { ServiceName } from '../core/service-names.ts';

/** Shows which services of a node answered the scrape at hand: a service that is down has no series of its own. */
export function nodeMetrics(metrics: Metrics): (service: ServiceName, isUp: boolean) => void {
  const up = metrics.gauge('btcfed_node_service_up_info', {
    help: '1 for each service of this node whose metrics are on the page, 0 for one that did not show them in time.',
    labels: ['of_service'],
  });
  return (service, isUp) => up.set(isUp ? 1 : 0, { of_service: service });
}
