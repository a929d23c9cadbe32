import { asPrometheusReads } from '#test/support/metrics/panel-query.ts';
import type { PrometheusServer } from '#test/support/programs/prometheus-server.ts';
import { until } from '#test/support/within.ts';
import { BOARDS } from '../../../deploy/monitoring/boards/dashboard-files.ts';

/** Generous: the machine may be busy with other tests. */
const ANSWER_MS = 300_000;

/** The panels of all dashboards whose query had no answer yet. */
export class OpenPanels {
  readonly #prometheus: PrometheusServer;
  readonly #open = new Map(
    BOARDS.flatMap(({ name, panels }) =>
      panels.map(({ title, query }) => [`${name}: ${title}`, asPrometheusReads(query)] as const),
    ),
  );

  constructor(prometheus: PrometheusServer) {
    this.#prometheus = prometheus;
  }

  /** Waits until each of these panels has had a series with a number in it. */
  async answered(isAsked: (panel: string) => boolean): Promise<void> {
    const asked = () => [...this.#open].filter(([panel]) => isAsked(panel));
    const isAnswered = async (): Promise<boolean> => {
      for (const [panel, query] of asked()) {
        const series = await this.#prometheus.query(query);
        if (series.some(({ value }) => Number.isFinite(value))) this.#open.delete(panel);
      }
      return asked().length === 0;
    };
    await until('an answer to each panel', isAnswered, ANSWER_MS).catch((error: Error) => {
      const missing = asked().map(([panel]) => panel);
      throw new Error(`${error.message}; without one: ${missing.join(', ')}`, { cause: error });
    });
  }
}
