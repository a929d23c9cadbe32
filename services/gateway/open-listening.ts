import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#libs/log/logger.ts';
import { backoffMs } from './core/backoff.ts';
import { LISTEN_RETRY_MS } from './core/connection-limits.ts';
import { GatewayError } from './core/errors.ts';
import type { NetworkListener, PeerNetwork } from './ports/peer-network.ts';

export interface Listening<Parts> {
  readonly network: PeerNetwork;
  readonly parts: Parts;
}

export interface OpenListeningOptions<Parts> {
  readonly open: () => Promise<PeerNetwork>;
  readonly assemble: (network: PeerNetwork) => Parts & { readonly listener: NetworkListener };
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly log: Logger;
  /** Milliseconds; shorter in tests. */
  readonly retryMs?: number;
}

/**
 * Opens the network. A busy port is often one that an earlier process is letting go of, so binding is tried
 * again for a while with back-off (P2P-17).
 * @throws GatewayError GATEWAY_LISTEN_FAILED with the addresses and why
 */
export async function openListening<Parts>(options: OpenListeningOptions<Parts>): Promise<Listening<Parts>> {
  const { open, assemble, signal, random, log, retryMs = LISTEN_RETRY_MS } = options;
  const untilMs = performance.now() + retryMs;
  for (let failures = 1; ; failures++) {
    const network = await open();
    const parts = assemble(network);
    try {
      await network.start(parts.listener);
      return { network, parts };
    } catch (error) {
      if (!isPassing(error) || performance.now() > untilMs || signal.aborted) throw error;
      if (failures === 1) log.warn('no address can be listened on yet, trying again', { error: `${error}` });
    }
    await sleep(backoffMs(failures, random), undefined, { signal });
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof GatewayError && error.detail.code === 'GATEWAY_LISTEN_FAILED' && error.detail.portInUse
  );
}
