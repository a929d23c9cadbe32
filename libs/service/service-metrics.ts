import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import type { Logger } from '#libs/log/logger.ts';
import { absentMetrics } from '#libs/metrics/absent-metrics.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import { type MetricsPlace, metricsPlace } from '#libs/metrics/metrics-place.ts';
import type { PlatformSettings } from './load-config.ts';
import type { Probes } from './probes.ts';

/**
 * The metrics of service `name`, served at `<NAME>_METRICS_LISTEN` beside its probes. Without that setting nothing is kept, and the code
 * behind it is not even loaded. They are plain text and readable by anybody: off loopback a warning is logged. An
 * address that cannot be listened on is only an error in the log: a member must not stop for its metrics.
 */
export async function serviceMetrics(
  name: string,
  {
    METRICS_LISTEN: address,
    METRICS_MEMBER: member,
    METRICS_CHAIN: chain,
  }: Pick<PlatformSettings, 'METRICS_LISTEN' | 'METRICS_MEMBER' | 'METRICS_CHAIN'>,
  { log, probes }: { readonly log: Logger; readonly probes: Probes },
): Promise<Metrics> {
  if (address === undefined) return absentMetrics;
  const { PromMetrics } = await import('#libs/metrics/prom-metrics.ts');
  const { metricsServer } = await import('#libs/metrics/metrics-server.ts');
  const metrics = new PromMetrics({ service: name, member, chain });
  buildMetrics(metrics);
  const at = metricsPlace(address);
  const server = metricsServer({ at, metrics, answer: (target) => probes.answer(target) });
  try {
    await server.start();
    log.info('metrics are served', {
      address: 'port' in at ? address.replace(/:\d+$/, `:${server.port()}`) : address,
    });
    if (!isLoopback(at)) log.warn('metrics are served to everybody who reaches the address', { address });
  } catch (error) {
    log.error('metrics are not served, everything else is', error, { address });
  }
  return metrics;
}

/** The facts that stay the same while the process runs are labels of a metric that is 1, as exporters of Prometheus have them. */
export function buildMetrics(metrics: Metrics): void {
  const build = metrics.gauge('btcfed_build_info', {
    help: 'The program that runs: always 1, the facts are its labels.',
    labels: ['version', 'node_version'],
  });
  build.set(1, { version: SOFTWARE_VERSION, node_version: process.versions.node });
}

/** Whether only this machine reaches the place. */
function isLoopback(at: MetricsPlace): boolean {
  if ('path' in at) return true;
  const { host } = at;
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
