import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import { absentTracer } from '#libs/tracing/absent-tracer.ts';
import type { StoppableTracer } from '#libs/tracing/tracer.ts';
import { tracingMetrics } from '#libs/tracing/tracing-metrics.ts';
import type { PlatformSettings } from './load-config.ts';

type TracingSettings = Pick<
  PlatformSettings,
  'TRACING_ENDPOINT' | 'TRACING_SAMPLE' | 'METRICS_MEMBER' | 'METRICS_CHAIN'
>;

const NOTHING = { exported: 0, dropped: 0, failed: 0 };

/**
 * The tracer of service `name`, which sends spans to `<NAME>_TRACING_ENDPOINT`. Without that setting the code of OpenTelemetry is
 * not even loaded. A collector that is away costs spans and nothing else.
 */
export async function serviceTracer(
  name: string,
  {
    TRACING_ENDPOINT: endpoint,
    TRACING_SAMPLE: sample,
    METRICS_MEMBER: member,
    METRICS_CHAIN: chain,
  }: TracingSettings,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
): Promise<StoppableTracer> {
  if (endpoint === undefined) {
    tracingMetrics(metrics, () => NOTHING);
    return absentTracer;
  }
  const { OtlpTracer } = await import('#libs/tracing/otlp-tracer.ts');
  const process = { service: name, version: SOFTWARE_VERSION, member, chain };
  const tracer = new OtlpTracer({ endpoint, sample, process, log });
  tracingMetrics(metrics, () => tracer.counts);
  log.info('spans are sent to a collector', { endpoint, sample });
  return tracer;
}
