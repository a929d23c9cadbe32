import type { Logger } from '#libs/log/logger.ts';
import { BOOTSTRAP_WAIT_MS } from './core/limits.ts';

/**
 * Logs how the start went in the words that operators know (P2P-25, P2P-26, test/requirements/texts.md 5.2).
 * Nothing waits for this log: a gateway without a peer listens and dials on.
 */
export class BootstrapLog {
  readonly #log: Logger;
  readonly #peerId: string;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(log: Logger, peerId: string) {
    this.#log = log;
    this.#peerId = peerId;
  }

  started(listeningAddresses: readonly string[], peerCount: number): void {
    const addresses = listeningAddresses.join(', ');
    this.#log.info('Network manager started successfully', { listening_addresses: addresses });
    this.#log.info('NODE_PEER_ID', { peer_id: this.#peerId });
    this.#log.info('Listening addresses', { addresses });
    if (peerCount === 0) {
      this.#log.info('NetworkManager: No peers configured - running in standalone mode');
      this.#finish();
      return;
    }
    this.#log.info('NetworkManager: Loaded peers from storage', { peer_count: peerCount });
    this.#log.info('NetworkManager: Waiting for bootstrap connections', { timeout: BOOTSTRAP_WAIT_MS });
    this.#timer = setTimeout(() => this.#onNobody(peerCount), BOOTSTRAP_WAIT_MS);
  }

  connected(connectedPeers: number): void {
    if (this.#isOver) return;
    this.#log.info('NetworkManager: Bootstrap successful', { connected_peers: connectedPeers });
    this.#finish();
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #onNobody(peerCount: number): void {
    const cause = new Error(`none of ${peerCount} peers could be reached in ${BOOTSTRAP_WAIT_MS / 1000} s`);
    this.#log.error('NetworkManager: Bootstrap found no peer, trying on', cause);
  }

  #finish(): void {
    this.stop();
    this.#log.info('Node started successfully');
    this.#log.info('Peer ID', { peer_id: this.#peerId });
    this.#log.info('For peers.yaml, use peer ID', { peer_id: this.#peerId });
  }
}
