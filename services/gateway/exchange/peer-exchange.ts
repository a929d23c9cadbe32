import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ByteStream, PeerConnection } from '../ports/peer-network.ts';
import { Audience } from './audience.ts';
import { DelayedLearning } from './delayed-learning.ts';
import { dialledPeers } from './dialled-peers.ts';
import { type ExchangeParts, type ExchangePartsOptions, exchangeParts } from './exchange-parts.ts';
import { ExchangeRhythm } from './exchange-rhythm.ts';
import { chooseSome } from './news.ts';
import { OwnEntry } from './own-entry.ts';
import { BOOTSTRAP_PARTNERS, PARTNERS_PER_INTERVAL } from './rules/exchange-limits.ts';
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
  readonly #rhythm: ExchangeRhythm;
  readonly #own: OwnEntry;
  readonly #learning: DelayedLearning;

  constructor(options: Omit<ExchangePartsOptions, 'onRecords' | 'intervalMs' | 'audience' | 'onOwnNewer'>) {
    this.#options = {
      ...options,
      intervalMs: () => this.#rhythm.intervalMs,
      audience: () => this.#audience.hearing,
      onRecords: (records, teller) => this.#onRecords(records, teller),
      onOwnNewer: (sequence) => this.#own.raiseAbove(sequence),
    };
    this.#rhythm = new ExchangeRhythm(options.random, () => void this.#beat());
    this.#parts = exchangeParts(this.#options);
    this.#own = new OwnEntry(this.#parts, options);
    const { network } = options;
    this.#learning = new DelayedLearning(() => {
      network.learn(dialledPeers(this.listed(), network, this.#audience.all));
    });
  }

  get phase(): ExchangePhase {
    if (this.#answers === 0) return 'discovery';
    return this.#answers < BOOTSTRAP_PARTNERS ? 'sync' : 'maintenance';
  }

  /** The number of intervals since the start. */
  get intervals(): number {
    return this.#rhythm.intervals;
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
    this.#own.refresh();
  }

  async stop(): Promise<void> {
    this.#rhythm.stop();
    this.#learning.stop();
    this.#parts.news.stop();
  }

  /** `peers.exchange_interval`, at once when it changed (P2P-73). */
  setInterval(intervalMs: number): void {
    this.#rhythm.setInterval(intervalMs);
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
    this.#own.refresh();
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
    this.#own.refresh();
    for (const key of this.#audience.all) list.seen(key, nowMs());
    const stale = list.dropStale(nowMs());
    keeper.remove(stale);
    if (stale.length > 0) this.#learning.soon();
    const partners = chooseSome(this.#audience.hearing, PARTNERS_PER_INTERVAL, random);
    await Promise.all([this.keepNow(), ...partners.map((key) => this.#ask(key))]);
  }

  #onRecords(records: readonly ToldRecord[], teller: PeerConnection): boolean {
    const { news, fault } = this.#parts.intake.take(records, teller);
    if (news.length > 0) {
      this.#options.log.info('peers learned', { count: news.length, peer_id: teller.peerId });
      this.#parts.news.add(news, teller.peer);
      this.#learning.soon();
    }
    if (fault === undefined) return true;
    this.#options.network.fault(teller, `peer exchange: ${fault}`);
    return false;
  }
}
