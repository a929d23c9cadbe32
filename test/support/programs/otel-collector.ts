import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '#test/support/within.ts';
import { go } from './go.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const COLLECTOR = join(ROOT, '.cache/otelcol/otelcol');
const BUILDER = 'go.opentelemetry.io/collector/cmd/builder@v0.165.0';
/** Hundreds of packages are compiled, on a machine with other work. */
const BUILD_MS_MAX = 30 * 60_000;

/** Builds the collector of deploy/monitoring/collector once, as deploy/monitoring/tracing.md says. @returns why there is none; false: there is one. */
export function collectorMissing(): string | false {
  if (existsSync(COLLECTOR)) return false;
  if (go === undefined)
    return 'there is no Go that builds a collector of OpenTelemetry: install it, or run the set-up as root';
  const config = join(ROOT, 'deploy/monitoring/collector/builder.yaml');
  const { status, stderr } = spawnSync(go, ['run', BUILDER, '--config', config], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: BUILD_MS_MAX,
  });
  if (status === 0) return false;
  return `the collector of OpenTelemetry cannot be built: ${stderr.trim().split('\n').at(-1)}`;
}

/** A collector that takes spans at one place, and sends them on to another. */
export class OtelCollector implements AsyncDisposable {
  readonly endpoint: string;
  readonly #process: ChildProcess;

  private constructor(endpoint: string, process: ChildProcess) {
    this.endpoint = endpoint;
    this.#process = process;
  }

  static async start(
    folder: string,
    place: { readonly port: number; readonly to: string },
  ): Promise<OtelCollector> {
    const config = join(folder, 'collector.yaml');
    writeFileSync(config, configOf(place));
    const process = spawn(COLLECTOR, ['--config', config], { stdio: 'ignore' });
    const collector = new OtelCollector(`http://127.0.0.1:${place.port}`, process);
    await until('the collector', () => isListening(place.port));
    return collector;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
  }
}

function configOf({ port, to }: { readonly port: number; readonly to: string }): string {
  return `receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:${port}"}}}}
exporters: {otlphttp: {endpoint: "${to}"}}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {traces: {receivers: [otlp], exporters: [otlphttp]}}
`;
}

async function isListening(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  const isThere = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return isThere;
}
