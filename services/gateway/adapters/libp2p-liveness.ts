import type { Connection } from '@libp2p/interface';

/** The member of yamux beside libp2p's interface: pings of twelve bytes, without a stream. */
interface Pinger {
  ping(): Promise<unknown>;
}

/** Signs of life of one connection. libp2p shows neither; both are pinned by a test. */
export class Libp2pLiveness {
  heardAtMs = performance.now();
  readonly #muxer: Pinger;

  constructor(connection: Connection) {
    const { muxer, maConn } = partsOf(connection);
    this.#muxer = muxer;
    maConn.addEventListener('message', () => {
      this.heardAtMs = performance.now();
    });
  }

  /** Round trip in microseconds; stays open while no answer comes. */
  async ping(): Promise<number> {
    const startedAtMs = performance.now();
    await this.#muxer.ping();
    return Math.max(1, Math.round((performance.now() - startedAtMs) * 1000));
  }
}

function partsOf(connection: Connection): { muxer: Pinger; maConn: EventTarget } {
  const muxer = 'muxer' in connection ? connection.muxer : undefined;
  const maConn = 'maConn' in connection ? connection.maConn : undefined;
  if (isPinger(muxer) && isEventTarget(maConn)) return { muxer, maConn };
  throw new Error('this version of libp2p hides the muxer of a connection');
}

function isPinger(value: unknown): value is Pinger {
  return typeof value === 'object' && value !== null && 'ping' in value;
}

function isEventTarget(value: unknown): value is EventTarget {
  return typeof value === 'object' && value !== null && 'addEventListener' in value;
}
