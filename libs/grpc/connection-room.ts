import type { Http2Session } from 'node:http2';

/** The part of a connection that holds a place. */
export type PlaceHolder = Pick<Http2Session, 'once' | 'ping' | 'destroy' | 'destroyed'>;

/** A live peer answers a ping at once; a peer whose host lost its power never does. */
const PONG_MS_MAX = 1_000;

/**
 * Places for the connections of each key. The first connection stays: a newcomer cannot push out one that is at
 * work. But a newcomer has the holders pinged, so a dead connection gives its place away within a second.
 */
export class ConnectionRoom {
  readonly #max: number;
  readonly #holders = new Map<string, Set<PlaceHolder>>();
  readonly #asked = new WeakSet<PlaceHolder>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether this connection has a place among those of `key`, or gets one now. */
  enter(key: string, connection: PlaceHolder): boolean {
    const holders = this.#holders.get(key) ?? new Set();
    if (connection.destroyed) return false;
    if (holders.has(connection)) return true;
    // A destroyed connection whose close is not reported yet counts no more, and a ping on it would throw.
    for (const holder of holders) if (holder.destroyed) holders.delete(holder);
    if (holders.size >= this.#max) {
      for (const holder of holders) this.#ask(holder);
      return false;
    }
    this.#holders.set(key, holders.add(connection));
    connection.once('close', () => {
      holders.delete(connection);
      if (holders.size === 0 && this.#holders.get(key) === holders) this.#holders.delete(key);
    });
    return true;
  }

  #ask(holder: PlaceHolder): void {
    if (this.#asked.has(holder)) return;
    this.#asked.add(holder);
    const late = setTimeout(() => holder.destroy(), PONG_MS_MAX);
    late.unref();
    holder.ping(() => {
      clearTimeout(late);
      this.#asked.delete(holder);
    });
  }
}
