import type { Metrics } from '#libs/metrics/metrics.ts';

export interface ConfigNumbers {
  generation(): bigint;
  peerCount(): number;
}

/** The numbers of the config service, read at a scrape. */
export function configMetrics(metrics: Metrics, { generation, peerCount }: ConfigNumbers): void {
  const changes = metrics.counter('btcfed_config_generations_total', {
    help: 'Configurations that came into force since the start, the first included.',
  });
  const peers = metrics.gauge('btcfed_config_peers', { help: 'Peers of peers.yaml that are valid.' });
  metrics.onScrape(() => {
    changes.follow(Number(generation()));
    peers.set(peerCount());
  });
}
