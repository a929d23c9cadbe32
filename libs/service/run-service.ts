import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Logger } from '#libs/log/logger.ts';
import { type LogControl, openLog } from '#libs/log/open-log.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import { absentTracer } from '#libs/tracing/absent-tracer.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type Environment, type LoadedConfig, loadConfig } from './load-config.ts';
import { followLogCommands } from './log-commands.ts';
import { logPlace, logSettings } from './log-of-platform.ts';
import { Probes } from './probes.ts';
import { exitAfter, SERVICE_EXIT } from './service-exit.ts';
import { serviceMetrics } from './service-metrics.ts';
import { serviceTracer } from './service-tracer.ts';
import { type StopReason, stopReason } from './stop-reason.ts';

const STDERR = 2;

/** The surroundings of a service beside its settings and its log. */
export interface ServiceTools {
  /** Changes level and targets of the log while the service runs. */
  readonly logControl: LogControl;
  /** The metrics; no value is kept unless somebody may scrape them. */
  readonly metrics: Metrics;
  /** Takes spans for a collector, where one is configured. */
  readonly tracer: Tracer;
  /** The answers to orchestrators; served beside the metrics. */
  readonly probes: Probes;
  /** Ends the process at this very moment, as a crash does: no work under way is finished. */
  readonly fail: (error: unknown) => never;
}

export interface ServiceDefinition<Schema extends z.ZodType> {
  /** Lower-case name; in capitals and with `_` it is the prefix of the settings. */
  readonly name: string;
  readonly schema: Schema;
  /** Builds the service from checked settings. Nothing may run before `start`. */
  readonly compose: (
    config: Readonly<z.output<Schema>>,
    log: Logger,
    tools: ServiceTools,
  ) => Promise<Lifecycle>;
}

/**
 * Runs one service as this process: checks its settings, builds and starts it, and stops it on SIGTERM, SIGINT or
 * the death of a parent that holds an IPC channel. Ends the process: 0 after an orderly stop, 1 with one sentence on
 * stderr when it cannot start, 70 after a crash (the same sentence) or a stop that took too long, and 74 instead of
 * these two when its disk is full or fails.
 */
export async function runService<Schema extends z.ZodType>(
  definition: ServiceDefinition<Schema>,
  env: Environment,
): Promise<never> {
  const stop = stopReason(() => process.exit(SERVICE_EXIT.crash));
  const { config, platform, log, control } = prepare(definition, env);
  followLogCommands(control);
  const fail = (error: unknown): never => {
    log.error('service crashed', error);
    say(definition.name, error);
    process.exit(exitAfter(error, SERVICE_EXIT.crash));
  };
  process.on('uncaughtException', fail);

  const probes = new Probes();
  let service: Lifecycle | undefined;
  let tracer = absentTracer;
  try {
    const metrics = await serviceMetrics(definition.name, platform, { log, probes });
    tracer = await serviceTracer(definition.name, platform, { log, metrics });
    service = await definition.compose(config, log, { logControl: control, metrics, tracer, probes, fail });
    const first = await Promise.race([service.start(), stop]);
    if (first === undefined) {
      probes.started();
      log.info('service started');
    }
  } catch (error) {
    log.error('service cannot start', error);
    refuse(definition.name, error);
  }
  const reason = await stop;
  probes.stopping();
  await stopService(service, { log, reason, timeoutMs: platform.STOP_TIMEOUT_MS });
  await tracer.stop();
  process.exit(SERVICE_EXIT.ok);
}

interface Prepared<Output> extends LoadedConfig<Output> {
  readonly log: Logger;
  readonly control: LogControl;
}

function prepare<Schema extends z.ZodType>(
  { name, schema }: ServiceDefinition<Schema>,
  env: Environment,
): Prepared<z.output<Schema>> {
  try {
    const { config, platform } = loadConfig(name, schema, env);
    return {
      config,
      platform,
      ...openLog({ service: name, settings: logSettings(platform), place: logPlace(platform) }),
    };
  } catch (error) {
    return refuse(name, error);
  }
}

function refuse(name: string, error: unknown): never {
  say(name, error);
  process.exit(exitAfter(error, SERVICE_EXIT.cannotStart));
}

/** One sentence for a person, or for a supervisor that passes it on; the log has the rest. */
function say(name: string, error: unknown): void {
  const sentence = error instanceof Error ? error.message : String(error);
  try {
    writeSync(STDERR, `${name}: ${sentence}\n`);
  } catch {
    // The log may be a file on the full disk; the exit code reports the fault too.
  }
}

interface StopOptions {
  readonly log: Logger;
  readonly reason: StopReason;
  readonly timeoutMs: number;
}

async function stopService(service: Lifecycle, { log, reason, timeoutMs }: StopOptions): Promise<void> {
  log.info('service stopping', { reason });
  const late = sleep(timeoutMs, 'late' as const, { ref: false });
  try {
    if ((await Promise.race([service.stop(), late])) !== 'late') return log.info('service stopped');
    log.error('service did not stop in time', new Error('stop deadline passed'), { timeout_ms: timeoutMs });
  } catch (error) {
    log.error('service failed to stop', error);
  }
  process.exit(SERVICE_EXIT.crash);
}
