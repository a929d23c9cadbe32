/** One metric as a page has it: what is said of it, and its series. */
interface Family {
  readonly head: string[];
  readonly series: string[];
}

const HEAD = /^# (?:HELP|TYPE) (?<name>\S+)/;

/**
 * Pages of several services in the text format of Prometheus as one. A metric that several have is told once, with the series of all
 * beneath: the format has each metric in one piece. Series are told apart by their labels, of which one is the service.
 */
export function mergedMetrics(pages: readonly string[]): string {
  const merged = new Map<string, Family>();
  for (const page of pages)
    for (const [name, { head, series }] of familiesOf(page)) {
      const known = merged.get(name);
      if (known === undefined) merged.set(name, { head, series });
      else known.series.push(...series);
    }
  return [...merged.values()].map(({ head, series }) => `${[...head, ...series].join('\n')}\n`).join('\n');
}

/** The metrics of one page. Lines before the first one belong to none. */
function familiesOf(page: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  let current: Family | undefined;
  for (const line of page.split('\n')) {
    const name = HEAD.exec(line)?.groups?.['name'];
    if (name === undefined) {
      if (line !== '') current?.series.push(line);
      continue;
    }
    current = families.get(name) ?? { head: [], series: [] };
    current.head.push(line);
    families.set(name, current);
  }
  return families;
}
