import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ByteStream, PeerConnection } from '../ports/peer-network.ts';
import { Audience } from './audience.ts';
import { dialledPeers } from './dialled-peers.ts';
import { type ExchangeParts, type ExchangePartsOptions, exchangeParts } from './exchange-parts.ts';
import { chooseSome } from './news.ts';
import {
  BOOTSTRAP_PARTNERS,
  INTERVAL_JITTER,
  LEARN_DELAY_MS,
  PARTNERS_PER_INTERVAL,
} from './rules/exchange-limits.ts';
import type { ListedPeer } from './rules/peer-list.ts';
import type { ToldRecord } from './rules/record.ts';

/** The phase of peer exchange (P2P-81): nobody answered yet; the first lists are fetched; only changes are fetched. */
export type ExchangePhase = 'discovery' | 'sync' | 'maintenance';

/**
 * Finds the peers of peers (P2P-70): announces this gateway, asks in a rhythm, passes news on, and has the
 * found peers dialled.
 */
export class PeerExchange implements Lifecycle {
  readonly #options: ExchangePartsOptions;
  readonly #audience = new Audience();
  readonly #parts: ExchangeParts;
  #answers = 0;
  #intervals = 0;
  #intervalMs = 0;
  #rhythm: NodeJS.Timeout | undefined;
  #learning: NodeJS.Timeout | undefined;

  constructor(options: Omit<ExchangePartsOptions, 'onRecords' | 'intervalMs' | 'audience' | 'onOwnNewer'>) {
    this.#options = {
      ...options,
      intervalMs: () => this.#intervalMs,
      audience: () => this.#audience.hearing,
      onRecords: (records, teller) => this.#onRecords(records, teller),
      onOwnNewer: (sequence) => {
        if (this.#parts.own.raiseAbove(sequence)) this.#publishOwn();
      },
    };
    this.#parts = exchangeParts(this.#options);
  }

  get phase(): ExchangePhase {
    if (this.#answers === 0) return 'discovery';
    return this.#answers < BOOTSTRAP_PARTNERS ? 'sync' : 'maintenance';
  }

  /** The number of intervals since the start. */
  get intervals(): number {
    return this.#intervals;
  }

  /** All listed peers, ourselves among them. */
  listed(): readonly ListedPeer[] {
    return this.#parts.list.all();
  }

  /** Messages since the start, by direction and kind. */
  get counts(): ReadonlyMap<string, number> {
    return this.#parts.trace.counts;
  }

  async start(): Promise<void> {
    this.#refreshOwn();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#rhythm);
    clearTimeout(this.#learning);
    this.#parts.news.stop();
  }

  /** `peers.exchange_interval`, at once when it changed (P2P-73). */
  setInterval(intervalMs: number): void {
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#scheduleBeat();
  }

  /** Notes that a peer is connected from now on, or no longer. */
  onSession(key: string, connected: boolean): void {
    if (!connected) {
      this.#audience.leave(key);
      return this.#parts.speaker.forget(key);
    }
    this.#audience.enter(key);
    this.#parts.list.seen(key, this.#options.nowMs());
    void this.#greet(key);
  }

  /** A peer opened a stream of the protocol. */
  accept(connection: PeerConnection, stream: ByteStream): void {
    void this.#parts.listener.accept(connection, stream);
  }

  /** Our own addresses may have changed: others hear of it at once. */
  onNetworkChange(): void {
    this.#refreshOwn();
  }

  /** Has the connected peers kept for the next start; done once in each interval. */
  keepNow(): Promise<void> {
    const { list, keeper } = this.#parts;
    return keeper.keep(this.#audience.all.flatMap((key) => list.get(key) ?? []));
  }

  /** Every connection begins with our own entry, and at the start with a question (P2P-72). */
  async #greet(key: string): Promise<void> {
    const connection = this.#options.network.connectionOf(key);
    if (connection === undefined) return;
    const records = this.#parts.list.tell([this.#options.network.self], this.#options.nowMs());
    if (records.length > 0) await this.#parts.speaker.tell(connection, { kind: 'announcement', records });
    if (this.phase !== 'maintenance') await this.#ask(key);
  }

  async #ask(key: string): Promise<void> {
    const connection = this.#options.network.connectionOf(key);
    if (connection === undefined) return;
    const result = await this.#parts.speaker.ask(connection);
    if (result === 'answered') this.#answers += 1;
    if (result === 'deaf') this.#audience.isDeaf(key);
  }

  /** The work of each interval: drops old entries, keeps connected peers for the next start, and asks a few peers. */
  async #beat(): Promise<void> {
    const { nowMs, random } = this.#options;
    const { list, keeper } = this.#parts;
    this.#scheduleBeat();
    this.#intervals += 1;
    this.#refreshOwn();
    for (const key of this.#audience.all) list.seen(key, nowMs());
    const stale = list.dropStale(nowMs());
    keeper.remove(stale);
    if (stale.length > 0) this.#learn();
    const partners = chooseSome(this.#audience.hearing, PARTNERS_PER_INTERVAL, random);
    await Promise.all([this.keepNow(), ...partners.map((key) => this.#ask(key))]);
  }

  #scheduleBeat(): void {
    clearTimeout(this.#rhythm);
    const share = 1 + INTERVAL_JITTER * (2 * this.#options.random() - 1);
    this.#rhythm = setTimeout(() => void this.#beat(), this.#intervalMs * share);
  }

  #onRecords(records: readonly ToldRecord[], teller: PeerConnection): boolean {
    const { news, fault } = this.#parts.intake.take(records, teller);
    if (news.length > 0) {
      this.#options.log.info('peers learned', { count: news.length, peer_id: teller.peerId });
      this.#parts.news.add(news, teller.peer);
      this.#learn();
    }
    if (fault === undefined) return true;
    this.#options.network.fault(teller, `peer exchange: ${fault}`);
    return false;
  }

  #refreshOwn(): void {
    if (this.#parts.own.refresh()) this.#publishOwn();
    this.#parts.list.seen(this.#options.network.self, this.#options.nowMs());
  }

  #publishOwn(): void {
    const { network, nowMs } = this.#options;
    const record = this.#parts.own.current;
    if (record === undefined) return;
    const offer = { record, usable: record.addresses, source: network.self, seenAgoMs: 0 };
    this.#parts.list.put({ ...offer, isMember: true, nowMs: nowMs() });
    this.#parts.news.add([network.self], network.self);
  }

  #learn(): void {
    this.#learning ??= setTimeout(() => {
      this.#learning = undefined;
      const { network } = this.#options;
      network.learn(dialledPeers(this.listed(), network, this.#audience.all));
    }, LEARN_DELAY_MS);
  }
}
