import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ServiceProcess } from '#services/launcher/adapters/service-process.ts';
import { skipWithout } from '#test/support/runner/required.ts';
import { until } from '#test/support/within.ts';
import { untilGone } from './processes.ts';

const START_MS_MAX = 300_000;
/** Generous: the machine may be busy with other tests. */
const ANSWER_MS_MAX = 60_000;

const isInstalled = spawnSync('prometheus', ['--version'], { timeout: ANSWER_MS_MAX }).status === 0;

/** The reason to leave out what needs a Prometheus; false: it is there. */
export const withoutPrometheus: string | false = skipWithout(
  isInstalled ? false : 'there is no prometheus: install the package prometheus to have it scrape and ask',
);

export interface PrometheusOptions {
  readonly port: number;
  /** host:port of everything that it scrapes. */
  readonly targets: readonly string[];
  /** The text of its rules. */
  readonly rules: string;
  readonly intervalMs: number;
}

/** One series of an answer: its labels, and its value now, which may be NaN. */
export interface InstantSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** A real Prometheus with a store of its own, which scrapes one job, `btcfed`. */
export class PrometheusServer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'btcfed-prometheus-'));
  readonly #origin: string;
  readonly #process: ServiceProcess;

  private constructor(options: PrometheusOptions) {
    const address = `127.0.0.1:${options.port}`;
    this.#origin = `http://${address}`;
    writeFileSync(join(this.#folder, 'prometheus.yaml'), configurationOf(options));
    writeFileSync(join(this.#folder, 'rules.yaml'), options.rules);
    this.#process = ServiceProcess.start({
      command: 'prometheus',
      args: ['--config.file=prometheus.yaml', '--storage.tsdb.path=data', `--web.listen-address=${address}`],
      cwd: this.#folder,
      env: { PATH: process.env['PATH'] ?? '' },
      output: join(this.#folder, 'out.log'),
      errorFile: join(this.#folder, 'error.log'),
      tether: 'guard',
    });
  }

  /** Resolves once it serves. */
  static async start(options: PrometheusOptions): Promise<PrometheusServer> {
    const server = new PrometheusServer(options);
    try {
      await until('the start of Prometheus', () => server.#isReady(), START_MS_MAX);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** The answer to PromQL, now. */
  async query(expr: string): Promise<readonly InstantSample[]> {
    const { result } = (await this.#ask(`query?query=${encodeURIComponent(expr)}`)) as {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: readonly [number, string];
      }[];
    };
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  /** Alerts whose condition holds, for long enough or not yet. */
  async alerts(): Promise<readonly ActiveAlert[]> {
    const { alerts } = (await this.#ask('alerts')) as { readonly alerts: readonly ActiveAlert[] };
    return alerts;
  }

  /** When it judged each group of rules last. */
  async judgedAt(): Promise<readonly string[]> {
    const { groups } = (await this.#ask('rules')) as {
      readonly groups: readonly { readonly lastEvaluation: string }[];
    };
    return groups.map(({ lastEvaluation }) => lastEvaluation);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await untilGone(this.#process.pid);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #isReady(): Promise<boolean> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    // Until it listens the connection is refused.
    const answer = await fetch(`${this.#origin}/-/ready`, { signal }).catch(() => undefined);
    return answer?.ok ?? false;
  }

  async #ask(path: string): Promise<unknown> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await fetch(`${this.#origin}/api/v1/${path}`, { signal });
    const { status, data, error } = (await answer.json()) as Readonly<Record<string, unknown>>;
    if (status !== 'success') throw new Error(`Prometheus refuses ${path}: ${error}`);
    return data;
  }
}

function configurationOf({ targets, intervalMs }: PrometheusOptions): string {
  const interval = `${intervalMs}ms`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'btcfed', static_configs: [{ targets }] }],
  });
}
