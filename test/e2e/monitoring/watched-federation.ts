import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { type ActiveAlert, PrometheusServer } from '#test/support/programs/prometheus-server.ts';
import { until } from '#test/support/within.ts';

const ALERTS = new URL('../../../deploy/monitoring/alerts.yaml', import.meta.url);

const MEMBERS = 4;
const SCRAPE_MS = 2_000;
/** In place of minutes: longer than a scrape that fails now and then on a busy machine, and than processes that stop one after the other. */
const HOLDS_FOR = '12s';
/** Generous: the machine may be busy with other tests. */
const SEEN_MS = 300_000;
/** Looks at what fires while nothing changes any more. */
const STILL_LOOKS = 3;

/**
 * Alerts that speak of this machine, which may be slow or full while other tests run: they would be right. Promtool
 * tries them (deploy/monitoring/alerts.tests.yaml).
 */
const OF_THE_MACHINE = [
  'ChainDiskSlow',
  'DiskFillsUp',
  'DiskNearlyFull',
  'PhasesSlow',
  'RoundTripSlow',
  'SignerDiskSlow',
  'SignerQueue',
];

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Readonly<Record<string, unknown>>[] }[];
}

/** A federation of four, and a Prometheus that scrapes all its services and judges the alerts of this repository. */
export class WatchedFederation implements AsyncDisposable {
  readonly federation: LocalMembers;
  readonly prometheus: PrometheusServer;
  readonly #nameOf: ReadonlyMap<string, string>;
  /** Alerts of earlier faults that look at the last ten minutes. */
  readonly #lingering = new Set<string>();

  private constructor(
    federation: LocalMembers,
    prometheus: PrometheusServer,
    nameOf: ReadonlyMap<string, string>,
  ) {
    this.federation = federation;
    this.prometheus = prometheus;
    this.#nameOf = nameOf;
  }

  static async start(): Promise<WatchedFederation> {
    await using held = new AsyncDisposableStack();
    const federation = held.use(await LocalMembers.start({ members: MEMBERS }));
    const nameOf = new Map(
      federation.members.map(({ facts: { name, metricsAddress = '' } }) => [metricsAddress, name] as const),
    );
    const targets = [...nameOf.keys()];
    const port = federation.sparePort;
    const prometheus = held.use(
      await PrometheusServer.start({ port, targets, rules: hastyRules(), intervalMs: SCRAPE_MS }),
    );
    held.move();
    return new WatchedFederation(federation, prometheus, nameOf);
  }

  /** Waits until all services are scraped, and all members are connected to all others. */
  async isWhole(): Promise<void> {
    const count = async (query: string) => (await this.prometheus.query(query))[0]?.value;
    const isWhole = async () =>
      (await count('sum(up)')) === MEMBERS &&
      (await count('sum(btcfed_node_service_up_info)')) === MEMBERS * SERVICE_NAMES.length &&
      (await count('sum(btcfed_gateway_connected_peers)')) === MEMBERS * (MEMBERS - 1) &&
      (await count('sum(btcfed_consensus_reachable_weight)')) === MEMBERS * MEMBERS;
    await until('a federation that is whole', isWhole, SEEN_MS);
  }

  /** The alerts that fire, as `QuorumLost m2`, of a service that is down `ServiceDown m2 gateway`; each once. */
  async firing(): Promise<readonly string[]> {
    const alerts = await this.prometheus.alerts();
    const names = alerts
      .filter(
        ({ state, labels }) => state === 'firing' && !OF_THE_MACHINE.includes(String(labels['alertname'])),
      )
      .map(({ labels }) => this.#named(labels));
    return [...new Set(names)].filter((name) => !this.#lingering.has(name)).sort();
  }

  /** Waits until exactly these fire, and looks on for a while: at no moment did any other. */
  async fires(expected: readonly string[]): Promise<readonly ActiveAlert[]> {
    const wanted = [...expected].sort();
    const seen = new Set<string>();
    let now: readonly string[] = [];
    const look = async (): Promise<boolean> => {
      now = await this.firing();
      for (const name of now) seen.add(name);
      const strange = [...seen].filter((name) => !wanted.includes(name));
      assert.deepEqual(strange, [], 'alerts that this fault does not imply');
      return wanted.every((name) => now.includes(name));
    };
    await until(`these alerts: ${wanted.join(', ')}`, look, SEEN_MS).catch((error: Error) => {
      throw new Error(`${error.message}; there are: ${now.join(', ')}`, { cause: error });
    });
    for (let still = 0; still < STILL_LOOKS; still++) {
      await this.judged();
      assert.ok(await look(), `one of these ended: ${wanted.join(', ')}; there are: ${now.join(', ')}`);
    }
    return this.prometheus.alerts();
  }

  /** Waits until nothing fires, but for what looks at the last ten minutes. */
  async isQuiet(): Promise<void> {
    let now: readonly string[] = [];
    const isQuiet = async () => {
      now = await this.firing();
      return now.length === 0;
    };
    await until('no alert', isQuiet, SEEN_MS).catch((error: Error) => {
      throw new Error(`${error.message}; there are: ${now.join(', ')}`, { cause: error });
    });
  }

  /** From here on these may fire: their condition looks at more time than a test has. */
  letLinger(names: readonly string[]): void {
    for (const name of names) this.#lingering.add(name);
  }

  /** Alerts that were let linger for one fault count again. */
  mindAgain(names: readonly string[]): void {
    for (const name of names) this.#lingering.delete(name);
  }

  /** Waits until Prometheus has judged every rule once more. */
  async judged(): Promise<void> {
    const before = await this.prometheus.judgedAt();
    const isJudged = async () =>
      (await this.prometheus.judgedAt()).every((at, group) => at !== before[group]);
    await until('one more judgement of the rules', isJudged, SEEN_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.prometheus[Symbol.asyncDispose]();
    await this.federation[Symbol.asyncDispose]();
  }

  #named({
    alertname = '',
    member,
    instance = '',
    of_service: service,
  }: Readonly<Record<string, string>>): string {
    const name = member ?? this.#nameOf.get(instance) ?? instance;
    return service === undefined ? `${alertname} ${name}` : `${alertname} ${name} ${service}`;
  }
}

/** The rules of this repository; that a condition has to hold for some time is shortened, and nothing else is changed. */
function hastyRules(): string {
  const { groups } = parse(readFileSync(ALERTS, 'utf8')) as RuleFile;
  const hasty = groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ('for' in rule ? { ...rule, for: HOLDS_FOR } : rule)),
  }));
  return stringify({ groups: hasty });
}
