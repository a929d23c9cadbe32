import { RECORDS_MAX, RECORDS_PER_SOURCE_MAX, STALE_MS } from './exchange-limits.ts';
import { firstThatFit, type PeerRecord, type ToldRecord } from './record.ts';

export interface ListedPeer {
  readonly record: PeerRecord;
  /** Addresses of the record that are of use to us. */
  readonly usable: readonly string[];
  /** The first teller's key, as lower-case hex. */
  readonly source: string;
  /**
   * Monotonic milliseconds of the last connection to the peer that we, or a teller we trust in this, had; may
   * lie before the start.
   */
  readonly seenAtMs: number;
  /** Grows with every change of the list. */
  readonly revision: bigint;
}

/** A checked entry, with its source. */
export interface Offer extends ToldRecord {
  readonly usable: readonly string[];
  readonly source: string;
  /** Members are taken in beyond the bounds: the federation limits their number. */
  readonly isMember: boolean;
  readonly nowMs: number;
}

export interface Page {
  readonly records: readonly ToldRecord[];
  readonly revision: bigint;
  readonly hasMore: boolean;
}

/** All peers that this gateway has heard of, from themselves or through others (P2P-70, P2P-74). */
export class PeerList {
  readonly #peers = new Map<string, ListedPeer>();
  readonly #bySource = new Map<string, number>();
  #revision = 0n;

  get size(): number {
    return this.#peers.size;
  }

  get(key: string): ListedPeer | undefined {
    return this.#peers.get(key);
  }

  /** All peers in the order of their last change. */
  all(): readonly ListedPeer[] {
    return [...this.#peers.values()];
  }

  /** Whether a record would be news, if it is true. A known record is not worth a verification. */
  isNews({ key, sequence }: PeerRecord): boolean {
    const known = this.#peers.get(key);
    return known === undefined || sequence > known.record.sequence;
  }

  /** Whether there is room for a peer that is not listed yet, told by `source`. */
  hasRoomFor(source: string, isMember: boolean): boolean {
    if (isMember) return true;
    return this.#peers.size < RECORDS_MAX && (this.#bySource.get(source) ?? 0) < RECORDS_PER_SOURCE_MAX;
  }

  /** Takes a record in whose signature was verified; a peer that is listed keeps the source that told it first. */
  put({ record, usable, source, seenAgoMs, nowMs }: Offer): void {
    const known = this.#peers.get(record.key);
    this.#revision += 1n;
    this.#peers.delete(record.key);
    if (known === undefined) this.#count(source, 1);
    this.#peers.set(record.key, {
      record,
      usable,
      source: known?.source ?? source,
      seenAtMs: Math.max(nowMs - seenAgoMs, known?.seenAtMs ?? Number.NEGATIVE_INFINITY),
      revision: this.#revision,
    });
  }

  /** Notes that a connection with the peer exists, or existed until `seenAgoMs` ago. */
  seen(key: string, seenAtMs: number): void {
    const known = this.#peers.get(key);
    if (known !== undefined && seenAtMs > known.seenAtMs) this.#peers.set(key, { ...known, seenAtMs });
  }

  /** The changes after `since`, oldest first, as many as one message holds. */
  page(since: bigint, nowMs: number): Page {
    const changed = this.all().filter(({ revision }) => revision > since);
    const given = firstThatFit(changed);
    return {
      records: given.map((peer) => told(peer, nowMs)),
      revision: given.at(-1)?.revision ?? since,
      hasMore: given.length < changed.length,
    };
  }

  /** The listed peers among `keys`, as many as one message holds. */
  tell(keys: readonly string[], nowMs: number): readonly ToldRecord[] {
    const listed = keys.flatMap((key) => this.#peers.get(key) ?? []);
    return firstThatFit(listed).map((peer) => told(peer, nowMs));
  }

  /** Drops peers that were not seen for long (P2P-79); answers their keys. */
  dropStale(nowMs: number): readonly string[] {
    const stale = this.all().filter(({ seenAtMs }) => nowMs - seenAtMs > STALE_MS);
    for (const { record, source } of stale) {
      this.#peers.delete(record.key);
      this.#count(source, -1);
    }
    return stale.map(({ record }) => record.key);
  }

  #count(source: string, change: number): void {
    const count = (this.#bySource.get(source) ?? 0) + change;
    if (count > 0) this.#bySource.set(source, count);
    else this.#bySource.delete(source);
  }
}

function told({ record, seenAtMs }: ListedPeer, nowMs: number): ToldRecord {
  return { record, seenAgoMs: Math.max(0, Math.round(nowMs - seenAtMs)) };
}
