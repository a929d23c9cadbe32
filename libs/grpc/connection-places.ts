import type { Caller } from './caller.ts';

/** The act on a connection that gives way. */
export interface Connection {
  destroy(): unknown;
}

interface Place {
  readonly connection: Connection;
  owner: string;
  kind: Caller['kind'];
  /** Calls that arrived whole and are not answered yet. */
  calls: number;
  /** The number of its calls so far. */
  called: number;
  /** Order of events, not a time: a higher number was heard later. */
  heard: number;
}

/**
 * The connections that a server has open, fewer than the process may have files. A newcomer always gets a
 * place. Once all are taken, the owner with most connections gives one up: first one that never called, then
 * the one that has been silent longest, and one at work last. Half of the places go to callers known by their
 * keys, as soon as such callers want them.
 */
export class ConnectionPlaces {
  readonly #max: number;
  readonly #places = new Map<string, Place>();
  #events = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Takes a connection in; all begin as callers without a key. */
  enter({ owner, kind, connection: name }: Caller, connection: Connection): void {
    while (this.#places.size >= this.#max) this.#giveWay(owner);
    this.#places.set(name, { connection, owner, kind, calls: 0, called: 0, heard: ++this.#events });
  }

  leave(name: string, connection: Connection): void {
    if (this.#places.get(name)?.connection === connection) this.#places.delete(name);
  }

  /** Notes a whole call, whose caller is known by now. @returns the function to call once the call has ended. */
  atWork({ owner, kind, connection }: Caller): () => void {
    const place = this.#places.get(connection);
    if (place === undefined) return () => {};
    place.owner = owner;
    place.kind = kind;
    place.calls += 1;
    place.called += 1;
    return () => {
      place.calls -= 1;
      place.heard = ++this.#events;
    };
  }

  #giveWay(newcomer: string): void {
    const known = [...this.#places].filter(([, { kind }]) => kind === 'key');
    const strangers = [...this.#places].filter(([, { kind }]) => kind === 'address');
    const candidates = strangers.length === 0 || known.length > this.#max / 2 ? known : strangers;
    const largest = largestOwner(candidates, newcomer);
    const [first] = candidates
      .filter(([, { owner }]) => owner === largest)
      .sort(([, a], [, b]) => order(a, b));
    if (first === undefined) return;
    this.#places.delete(first[0]);
    first[1].connection.destroy();
  }
}

/** The owner of most places; the newcomer itself when it holds as many as another. */
function largestOwner(places: readonly [string, Place][], newcomer: string): string | undefined {
  const counts = new Map<string, number>([[newcomer, 0]]);
  for (const [, { owner }] of places) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  let largest: [string, number] | undefined;
  for (const entry of counts) if (largest === undefined || entry[1] > largest[1]) largest = entry;
  return largest?.[0];
}

/** The first gives way first. */
function order(a: Place, b: Place): number {
  return (
    Number(a.calls > 0) - Number(b.calls > 0) ||
    Number(a.called > 0) - Number(b.called > 0) ||
    a.heard - b.heard
  );
}
