import { CONNECTIONS_PER_PEER_MAX } from '../core/connection-limits.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import type { ByteStream, PeerConnection } from '../ports/peer-network.ts';
import { keepsFirst } from './deduplication.ts';
import { Link } from './link.ts';
import { LinkPulse } from './link-pulse.ts';
import { Offences } from './offences.ts';
import type { PeerLinksOptions } from './peer-links-options.ts';
import { ReceivedBytes } from './received-bytes.ts';

/** The connections of one peer: one in use, at times a second until it is settled which one stays (P2P-12). */
export class PeerLinks {
  readonly pulse: LinkPulse;
  readonly #options: PeerLinksOptions;
  readonly #links = new Map<string, Link>();
  readonly #received = new ReceivedBytes();
  readonly #offences: Offences;
  #inUse: Link | undefined;
  #closeReason = '';

  constructor(options: PeerLinksOptions) {
    this.#options = options;
    this.#offences = new Offences(options);
    this.pulse = new LinkPulse(options);
  }

  /** The connection in use. */
  get connection(): PeerConnection | undefined {
    return this.#inUse?.connection;
  }

  /** Bytes of streams that the peer opened, over all its connections. */
  get receivedBytes(): number {
    return this.#received.total;
  }

  get isReady(): boolean {
    return this.#inUse?.isReady === true;
  }

  /** Frames were queued. */
  pump(): void {
    this.#inUse?.pump();
  }

  add(connection: PeerConnection): void {
    if (this.#links.size >= CONNECTIONS_PER_PEER_MAX) return connection.abort('one connection per peer');
    const link = this.#makeLink(connection);
    this.#links.set(connection.id, link);
    const { address, direction } = connection;
    this.#options.log.info('NetworkManager: Connection established with peer', { address, direction });
    if (this.#inUse === undefined) this.#use(link);
    else void this.#settle(this.#inUse, link);
  }

  accept(connection: PeerConnection, trafficClass: TrafficClass, stream: ByteStream): void {
    const link = this.#links.get(connection.id);
    if (link === undefined) stream.reset('connection is not in use');
    else link.accept(trafficClass, stream);
  }

  /** Our chain became known. */
  onChain(): void {
    for (const link of this.#links.values()) link.onChain();
  }

  resume(trafficClass: TrafficClass): void {
    for (const link of this.#links.values()) link.resume(trafficClass);
  }

  /** The peer broke a rule on one of its connections. */
  fault(connection: PeerConnection, text: string): void {
    const link = this.#links.get(connection.id);
    if (link !== undefined) this.#cut(link, this.#offences.fault(text));
  }

  /** Cuts all connections. */
  cut(reason: string): void {
    for (const link of [...this.#links.values()]) this.#cut(link, reason);
  }

  /** Closes all connections after the frames handed to them have left. */
  async close(): Promise<void> {
    this.#closeReason = 'closed by us';
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }

  #makeLink(connection: PeerConnection): Link {
    return new Link({
      ...this.#options,
      connection,
      mayReceive: (bytes) => this.#received.take(bytes),
      onReady: (link) => {
        if (link === this.#inUse) this.#options.onReadiness();
      },
      onRefused: (link, fault) => this.#cut(link, this.#offences.refused(fault)),
      onFault: (link, fault) => this.#cut(link, this.#offences.fault(fault)),
      onClosed: (link) => this.#onClosed(link),
    });
  }

  #use(link: Link): void {
    const isFirst = this.#inUse === undefined;
    this.#inUse = link;
    this.#closeReason = '';
    this.pulse.follow(link.connection, () => this.#cut(link, 'no sign of life'));
    this.#options.onUse(link.connection.direction, isFirst);
    link.use();
    this.#options.onReadiness();
  }

  async #settle(inUse: Link, newer: Link): Promise<void> {
    const stays = await keepsFirst(inUse.connection, newer.connection, this.#options);
    if (!this.#links.has(newer.connection.id) || this.#inUse !== inUse) return;
    const { log } = this.#options;
    if (stays) {
      log.info('Connection deduplication: Closing new connection, keeping oldest');
      await newer.close();
    } else {
      log.info('Connection deduplication: Closing connection', { address: inUse.connection.address });
      this.#use(newer);
      await inUse.close();
    }
  }

  /** Without a reason it stays. */
  #cut(link: Link, reason: string | undefined): void {
    if (reason === undefined) return;
    if (link === this.#inUse) this.#closeReason = reason;
    link.abort(reason);
  }

  #onClosed(link: Link): void {
    this.#links.delete(link.connection.id);
    this.#options.log.info('NetworkManager: Connection closed with peer', {
      address: link.connection.address,
    });
    if (link !== this.#inUse) return;
    this.#inUse = undefined;
    const [other] = this.#links.values();
    if (other !== undefined) return this.#use(other);
    this.#options.onReadiness();
    this.#options.onLost(this.#closeReason === '' ? 'connection closed by the peer' : this.#closeReason);
  }
}
