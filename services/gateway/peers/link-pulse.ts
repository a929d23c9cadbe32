import type { PeerConnection } from '../ports/peer-network.ts';
import { KeepAlive, type KeepAliveOptions } from './keep-alive.ts';
import { PeerStanding } from './rules/standing.ts';

/** The signs of life on the connection of a peer that is in use, over all connections that were. */
export class LinkPulse {
  readonly standing = new PeerStanding(performance.now());
  readonly #options: Pick<KeepAliveOptions, 'isBusy' | 'onAlive'>;
  #keepAlive: KeepAlive | undefined;
  #roundTripUs = 0;

  constructor(options: Pick<KeepAliveOptions, 'isBusy' | 'onAlive'>) {
    this.#options = options;
  }

  /** Microseconds of the last ping; 0 when there was none. */
  get roundTripUs(): number {
    return this.#roundTripUs;
  }

  /** Another connection is in use now: only its signs count. */
  follow(connection: PeerConnection, onDead: () => void): void {
    this.#keepAlive?.stop();
    this.standing.heard(performance.now());
    this.#keepAlive = new KeepAlive(connection, {
      nowMs: () => performance.now(),
      isBusy: this.#options.isBusy,
      onRoundTrip: (microseconds) => {
        this.#roundTripUs = microseconds;
      },
      onAlive: () => {
        this.standing.heard(performance.now());
        this.#options.onAlive();
      },
      onDead,
    });
  }

  /** Our own network changed: the peer must answer soon. */
  suspect(): void {
    this.#keepAlive?.suspect();
  }
}
