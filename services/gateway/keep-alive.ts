import { PING_INTERVAL_MS, PING_MISSES_MAX, PING_RETRY_MS, PING_TIMEOUT_MS } from './core/limits.ts';
import type { PeerConnection } from './ports.ts';

export interface KeepAliveOptions {
  readonly onRoundTrip: (microseconds: number) => void;
  /** The peer did not answer three times in a row. */
  readonly onDead: () => void;
}

/** Pings a connection until it closes: finds a dead link long before TCP does (P2P-15). */
export function keepAlive(connection: PeerConnection, { onRoundTrip, onDead }: KeepAliveOptions): void {
  let misses = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  connection.onClosed(() => {
    closed = true;
    clearTimeout(timer);
  });

  const beat = async (): Promise<void> => {
    try {
      onRoundTrip(await connection.ping(PING_TIMEOUT_MS));
      misses = 0;
    } catch {
      misses += 1;
    }
    if (closed) return;
    if (misses >= PING_MISSES_MAX) return onDead();
    timer = setTimeout(() => void beat(), misses === 0 ? PING_INTERVAL_MS : PING_RETRY_MS);
  };
  void beat();
}
