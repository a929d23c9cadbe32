import { absentMetrics } from '#libs/metrics/absent-metrics.ts';
import type { MetricOptions, Metrics } from '#libs/metrics/metrics.ts';
import { SERVICE_METRICS } from './service-metrics.ts';

/** Where the page lies, from the root. */
export const REFERENCE_PAGE = 'deploy/monitoring/METRICS.md';

type MetricType = 'counter' | 'gauge' | 'histogram';

export interface DescribedMetric extends MetricOptions {
  readonly name: string;
  readonly type: MetricType;
  readonly services: readonly string[];
}

/** The page of all metrics, made of those that the services make. */
export function metricsReference(): string {
  const rows = [...describedMetrics().values()].map(rowOf);
  return `${HEAD}\n${rows.join('\n')}\n`;
}

/** All metrics that the services make themselves, by their names, in the order of these. */
export function describedMetrics(): ReadonlyMap<string, DescribedMetric> {
  const described = new Map<string, DescribedMetric>();
  for (const [service, measure] of Object.entries(SERVICE_METRICS)) {
    for (const metric of describedBy(measure)) {
      const services = [...(described.get(metric.name)?.services ?? []), service];
      described.set(metric.name, { ...metric, services });
    }
  }
  return new Map([...described].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The names of a service's own metrics, as the page has them. */
export function documentedNames(service: string, page: string): readonly string[] {
  const rows = page.split('\n').map((line) => line.split(' | '));
  return rows.flatMap(([first = '', , , , services = '']) => {
    const name = /^\| `(btcfed_\w+)`$/.exec(first)?.[1];
    return name !== undefined && services.split(', ').includes(service) ? [name] : [];
  });
}

/** The guide of the keys, from the root. */
const GUIDE = 'services/config/OPERATORS.md';

const HEAD = `# Metrics

Written by \`npm run metrics\` from the metrics that the services make; a test fails when it is not what they make. How to reach them:
[the metrics of a node](../../${GUIDE}). Rules for Prometheus: [alerts.yaml](alerts.yaml), what to do about each: [runbooks.md](runbooks.md), and dashboards: [README.md](README.md).

Every series has the labels \`service\`, \`member\` and \`chain\` beside its own. With these come \`process_…\` and \`nodejs_…\` of each
process (memory, processor, event loop, garbage). A counter begins at 0 with its process; a metric whose help says "absent" has no series where there is
nothing to tell. An \`…_info\` is 1 for yes and 0 for no. The label \`of_member\` is the name of the member that a value is about, and \`of_service\` the service. The service
\`node\` is the process that runs the others, whose page has the metrics of all.

| metric | type | unit | labels | services | meaning |
|---|---|---|---|---|---|`;

function rowOf({ name, type, labels = [], help, services }: DescribedMetric): string {
  const ownLabels = labels.length === 0 ? '-' : labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${unitOf(name)} | ${ownLabels} | ${services.join(', ')} | ${help.replaceAll('|', '\\|')} |`;
}

/** The last word of the name, without that of a counter; a counter without a unit counts what its name says. */
function unitOf(name: string): string {
  const words = name.split('_');
  const last = words.at(-1) === 'total' ? words.at(-2) : words.at(-1);
  if (words.at(-1) !== 'total') return last ?? '';
  return last === 'bytes' || last === 'seconds' ? last : 'number';
}

/** The metrics that `measure` makes. Their values are not looked at. */
function describedBy(measure: (metrics: Metrics) => void): readonly Omit<DescribedMetric, 'services'>[] {
  const made: Omit<DescribedMetric, 'services'>[] = [];
  const note = (type: MetricType, name: string, options: MetricOptions): void =>
    void made.push({ ...options, name, type });
  measure({
    counter: (name, options) => {
      note('counter', name, options);
      return absentMetrics.counter(name, options);
    },
    gauge: (name, options) => {
      note('gauge', name, options);
      return absentMetrics.gauge(name, options);
    },
    histogram: (name, options) => {
      note('histogram', name, options);
      return absentMetrics.histogram(name, options);
    },
    onScrape: () => {},
  });
  return made;
}
