import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#libs/errors/app-error.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import type { LoggingSection } from '#libs/log/log-section.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { isLogLevel } from '#libs/settings/conf-rules.ts';
import { LOGGING_RETRY_MS } from '../words/limits.ts';

interface Told {
  tellLogging(section: LoggingSection): void;
}

/**
 * Hands the `logging` section of conf.yaml to the services of a member whenever it changes (LOG-02): also to the signer,
 * which asks nobody. While the config service is away the log stays as it is.
 */
export function followLogging(configSocket: string, services: readonly Told[]): Lifecycle {
  const client = grpcClient(ConfigServiceDefinition, { address: `unix:${configSocket}` });
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const follow = async (): Promise<void> => {
    for await (const { configuration } of client.watchConfiguration({}, { signal: stopped.signal })) {
      const logging = configuration?.logging;
      if (logging === undefined || !isLogLevel(logging.level)) continue;
      const { level, fileSizeBytesMax } = logging;
      const format = logging.format === 'text' ? 'text' : 'json';
      const section = { ...logging, level, format, fileSizeBytesMax: Number(fileSizeBytesMax) } as const;
      for (const service of services) service.tellLogging(section);
    }
  };
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await follow().catch(ignoreAbsence);
      await sleep(LOGGING_RETRY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  return {
    start: async () => {
      running = run();
    },
    stop: async () => {
      stopped.abort();
      await running;
      client.close();
    },
  };
}

/** Anything else than a config service that is away is a mistake of ours. */
function ignoreAbsence(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}
