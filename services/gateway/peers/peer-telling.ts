import type { Logger } from '#libs/log/logger.ts';
import type { PeerSignals } from '../ports/peer-signals.ts';
import type { PeerName } from './peer-events.ts';

/**
 * Reports the fate of connections to the outside. A listener cannot hurt the network: its errors are logged (P2P-09).
 */
export class PeerTelling {
  readonly #signals: PeerSignals;
  readonly #log: Logger;

  constructor(signals: PeerSignals, log: Logger) {
    this.#signals = signals;
    this.#log = log;
  }

  connected(peer: PeerName): void {
    this.#safely('Error in connection handler', () => this.#signals.connected(identityOf(peer)));
  }

  disconnected(peer: PeerName, reason: string): void {
    const trouble = { ...identityOf(peer), reason };
    this.#safely('Error in disconnection handler', () => this.#signals.disconnected(trouble));
  }

  connectionFailed(peer: PeerName, reason: string): void {
    const trouble = { ...identityOf(peer), reason };
    this.#safely('Error in connection handler', () => this.#signals.connectionFailed(trouble));
  }

  #safely(failure: string, tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#log.error(failure, error);
    }
  }
}

function identityOf({ key, peerId }: PeerName): { readonly publicKey: Uint8Array; readonly peerId: string } {
  return { publicKey: Buffer.from(key, 'hex'), peerId };
}
