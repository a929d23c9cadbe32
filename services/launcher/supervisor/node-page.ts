import { type MetricsPage, metricsPlace } from '#libs/metrics/metrics-place.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { type LocalPage, localPage } from '../adapters/local-page.ts';
import { nodeMetrics } from '../adapters/node-metrics.ts';
import { joinedProbe, probeQuestion, questionFor } from '../core/joined-probes.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { mergedMetrics } from '../core/merged-metrics.ts';
import { metricsListenOf } from '../core/service-environment.ts';
import { type ServiceName, servicesOf } from '../core/service-names.ts';
import { SHOWN_BYTES_MAX, SHOWN_MS_MAX, SHOWN_PATIENCE_PART } from '../words/limits.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

/** A service that shows its metrics, and where. */
interface ShownService {
  readonly service: ServiceName;
  readonly place: string;
}

/** The metrics that the process shows itself, which runs the services. */
interface OwnMetrics {
  readonly page: MetricsPage;
  readonly shows: (service: ServiceName, isUp: boolean) => void;
}

/**
 * The one address of a node for Prometheus and probes: each of its services is asked when somebody asks here, and one that does not
 * answer in time is told to be down while the others are shown. A member must not stop for its metrics: an address that is taken is reported.
 */
export class NodePage implements Lifecycle {
  readonly #facts: LaunchFacts;
  readonly #report: (event: SupervisorEvent) => void;
  readonly #services: readonly ShownService[];
  #server: Lifecycle | undefined;

  constructor(facts: LaunchFacts, report: (event: SupervisorEvent) => void) {
    this.#facts = facts;
    this.#report = report;
    this.#services = servicesOf(facts).flatMap((service) => {
      const place = metricsListenOf(service, facts);
      return place === undefined ? [] : [{ service, place }];
    });
  }

  async start(): Promise<void> {
    const { metricsAddress, name } = this.#facts;
    if (metricsAddress === undefined) return;
    const { metricsServer } = await import('#libs/metrics/metrics-server.ts');
    const own = await this.#ownMetrics();
    const server = metricsServer({
      at: metricsPlace(metricsAddress),
      metrics: { text: (patienceMs) => this.#text(own, patienceMs) },
      answer: (target) => this.#probe(target),
    });
    try {
      await server.start();
      this.#server = server;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#report({ kind: 'page-refused', service: `${name} metrics`, address: metricsAddress, reason });
    }
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** Loaded with the page: a command that shows none does without. */
  async #ownMetrics(): Promise<OwnMetrics> {
    const { PromMetrics } = await import('#libs/metrics/prom-metrics.ts');
    const { name: member, chainId: chain } = this.#facts;
    const page = new PromMetrics({ service: 'node', member, chain }, undefined, false);
    return { page, shows: nodeMetrics(page) };
  }

  async #text({ page: ownPage, shows }: OwnMetrics, patienceMs = Number.POSITIVE_INFINITY) {
    const waitMsMax = Math.max(1, Math.min(SHOWN_MS_MAX, Math.floor(patienceMs * SHOWN_PATIENCE_PART)));
    const pages = await Promise.all(
      this.#services.map(async ({ service, place }) => {
        const page = await pageOrNothing(place, '/metrics', waitMsMax);
        const isUp = page?.status === 200 && !page.isCut;
        shows(service, isUp);
        return isUp ? page.text : '';
      }),
    );
    const { body, contentType } = await ownPage.text();
    return { body: mergedMetrics([body, ...pages]), contentType };
  }

  async #probe(target: string) {
    const question = probeQuestion(target);
    if (question === undefined) return undefined;
    const probes = await Promise.all(
      this.#services.map(async ({ service, place }) => ({
        service,
        answer: await pageOrNothing(place, questionFor(service, question), SHOWN_MS_MAX),
      })),
    );
    return joinedProbe(question, probes);
  }
}

/** A service that does not answer is a fact to tell, whatever the reason. */
function pageOrNothing(place: string, path: string, waitMsMax: number): Promise<LocalPage | undefined> {
  return localPage(place, path, { waitMsMax, bytesMax: SHOWN_BYTES_MAX }).catch(() => undefined);
}
