import { PROBE_TIMEOUT_MS } from '../core/connection-limits.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import type { PeerLinksOptions } from './peer-links-options.ts';
import { chooseConnection } from './rules/tie-break.ts';

/** Two connections at once: one of them stays, and both sides choose the same. Whether that is the one in use. */
export async function keepsFirst(
  inUse: PeerConnection,
  newer: PeerConnection,
  { self, peer, connectionTimeoutMs, log }: PeerLinksOptions,
): Promise<boolean> {
  log.info('Connection deduplication: Found multiple connections to peer', { connection_count: 2 });
  const rules = { self, peer, crossingMs: connectionTimeoutMs() };
  const choice = chooseConnection(inUse, newer, rules);
  // The chosen connection must be alive: the other end may keep a single one, and a different one (go-libp2p).
  return choice === 'in-use' ? await answers(inUse) : !(await answers(newer));
}

async function answers(connection: PeerConnection): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), PROBE_TIMEOUT_MS);
  const ping = connection.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([ping, late.promise]).finally(() => clearTimeout(timer));
}
