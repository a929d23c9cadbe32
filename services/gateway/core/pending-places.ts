import type { HostShare } from './share-of-host.ts';

/** A connection whose other end has not proved its key. */
export interface PendingPlace {
  readonly host: HostShare;
  /** Called when a newer connection takes its place; it has left already. */
  readonly giveWay: () => void;
}

/**
 * The places of connections whose handshake is under way. Nobody is turned away: when all are taken, the host
 * that has the most loses its oldest. So a host that opens silent connections takes places from itself alone,
 * and a newcomer has time for its handshake even at that host, since all earlier ones go first.
 */
export class PendingPlaces {
  readonly #max: number;
  /** The places of each host, oldest first. */
  readonly #byHost = new Map<HostShare, Set<PendingPlace>>();
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  take(place: PendingPlace): void {
    const ofHost = this.#byHost.get(place.host) ?? new Set();
    this.#byHost.set(place.host, ofHost.add(place));
    this.#size += 1;
    if (this.#size <= this.#max) return;
    const [oldest] = this.#heaviest();
    if (oldest === undefined) return;
    this.leave(oldest);
    oldest.giveWay();
  }

  /** Leaves a place, also a place that was given away already. */
  leave(place: PendingPlace): void {
    const ofHost = this.#byHost.get(place.host);
    if (ofHost?.delete(place) !== true) return;
    this.#size -= 1;
    if (ofHost.size === 0) this.#byHost.delete(place.host);
  }

  #heaviest(): ReadonlySet<PendingPlace> {
    let heaviest: ReadonlySet<PendingPlace> = new Set();
    for (const ofHost of this.#byHost.values()) if (ofHost.size > heaviest.size) heaviest = ofHost;
    return heaviest;
  }
}
