import type { ExchangeParts, ExchangePartsOptions } from './exchange-parts.ts';

/** Our own entry in the list of peers: put there and told to others whenever our record was signed anew. */
export class OwnEntry {
  readonly #parts: Pick<ExchangeParts, 'own' | 'list' | 'news'>;
  readonly #options: Pick<ExchangePartsOptions, 'network' | 'nowMs'>;

  constructor(
    parts: Pick<ExchangeParts, 'own' | 'list' | 'news'>,
    options: Pick<ExchangePartsOptions, 'network' | 'nowMs'>,
  ) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Signs our record anew if there is a reason to, and keeps our entry from getting stale. */
  refresh(): void {
    if (this.#parts.own.refresh()) this.#publish();
    this.#parts.list.seen(this.#options.network.self, this.#options.nowMs());
  }

  /** Others hold a record of ours with this number, from an older run. */
  raiseAbove(sequence: bigint): void {
    if (this.#parts.own.raiseAbove(sequence)) this.#publish();
  }

  #publish(): void {
    const { network, nowMs } = this.#options;
    const record = this.#parts.own.current;
    if (record === undefined) return;
    const offer = { record, usable: record.addresses, source: network.self, seenAgoMs: 0 };
    this.#parts.list.put({ ...offer, isMember: true, nowMs: nowMs() });
    this.#parts.news.add([network.self], network.self);
  }
}
