import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#libs/errors/app-error.ts';
import type { Logger } from '#libs/log/logger.ts';
import { GatewayError } from './core/errors.ts';
import { CONFIG_RETRY_MS, CONFIG_WAIT_MS } from './core/limits.ts';
import type { ConfigurationSource, GatewayConfiguration } from './ports/configuration.ts';

export interface StartingPoint {
  /** Ed25519 seed and public key. */
  readonly privateKey: Uint8Array;
  readonly configuration: GatewayConfiguration;
}

interface Surroundings {
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Milliseconds; shorter in tests. */
  readonly waitMs?: number;
}

/**
 * Waits for the config service and asks for everything that a gateway cannot start without.
 * @throws GatewayError GATEWAY_CONFIG_AWAY when it does not answer in time
 */
export async function startingPoint(
  source: ConfigurationSource,
  { signal, log, waitMs = CONFIG_WAIT_MS }: Surroundings,
): Promise<StartingPoint> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  let cause: unknown = new Error('no answer');
  while (!inTime.aborted) {
    try {
      return await ask(source, inTime);
    } catch (error) {
      if (!inTime.aborted) cause = error;
      log.debug('config service does not answer yet', { address: source.address, error: `${error}` });
    }
    await pause(CONFIG_RETRY_MS, inTime);
  }
  const reason = shortReason(cause);
  throw new GatewayError(
    `the config service at ${source.address} did not answer within ${waitMs / 1000} s (${reason}); start it first`,
    { code: 'GATEWAY_CONFIG_AWAY', address: source.address },
    { cause },
  );
}

async function ask(source: ConfigurationSource, signal: AbortSignal): Promise<StartingPoint> {
  const privateKey = await source.identity(signal);
  return { privateKey, configuration: await source.configuration(signal) };
}

/** The message shows the status of a failed call; the rest of the error is for the log. */
function shortReason(cause: unknown): string {
  if (cause instanceof AppError && 'status' in cause.detail) return String(cause.detail.status);
  return cause instanceof Error ? cause.message : String(cause);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
