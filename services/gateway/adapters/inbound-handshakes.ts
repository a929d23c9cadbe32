import type { MultiaddrConnection, Upgrader } from '@libp2p/interface';
import type { Logger } from '#libs/log/logger.ts';
import { Complaints } from '../core/complaints.ts';
import {
  FIRST_BYTES_TIMEOUT_MS,
  HANDSHAKE_BURST_PER_HOST,
  HANDSHAKES_PER_HOST_PER_SECOND,
  INBOUND_HANDSHAKE_MS,
  PENDING_OF_PEERS_MAX,
  PENDING_OF_STRANGERS_MAX,
} from '../core/connection-limits.ts';
import { LOGGED_CAUSES_MAX } from '../core/limits.ts';
import { PendingPlaces } from '../core/pending-places.ts';
import { RateByKey } from '../core/rate-by-key.ts';
import { type HostShare, shareOfAddress } from '../core/share-of-host.ts';

/** Facts that the gateway knows and libp2p does not. */
export interface HandshakeSurroundings {
  /** Whether the addresses of our peers name this host. */
  isPeerHost(host: HostShare): boolean;
  /** Whether this process cannot keep up now. */
  isBusy(): boolean;
}

/**
 * Connections from outside whose other end has not proved its key yet. Each takes a place, and the hosts of
 * peers have places of their own; a handshake begins with the first bytes of the other end, so that a silent
 * connection costs neither work nor the rate of its host.
 */
export class InboundHandshakes {
  readonly #around: HandshakeSurroundings;
  readonly #log: Logger;
  readonly #complaints = new Complaints(LOGGED_CAUSES_MAX);
  readonly #ofPeers = new PendingPlaces(PENDING_OF_PEERS_MAX);
  readonly #ofStrangers = new PendingPlaces(PENDING_OF_STRANGERS_MAX);
  readonly #rate = new RateByKey({
    perSecond: HANDSHAKES_PER_HOST_PER_SECOND,
    burst: HANDSHAKE_BURST_PER_HOST,
    keysMax: LOGGED_CAUSES_MAX,
  });

  constructor(around: HandshakeSurroundings, log: Logger) {
    this.#around = around;
    this.#log = log;
  }

  /** Connections whose handshake is not done. */
  get pending(): number {
    return this.#ofPeers.size + this.#ofStrangers.size;
  }

  /**
   * An upgrader that applies these rules to inbound connections; the listener closes a connection when the
   * upgrader throws.
   */
  around(upgrader: Upgrader): Upgrader {
    return {
      upgradeInbound: (connection, options) =>
        this.#admit(connection, () => upgrader.upgradeInbound(connection, options)),
      upgradeOutbound: (connection, options) => upgrader.upgradeOutbound(connection, options),
      getStreamMuxers: () => upgrader.getStreamMuxers(),
      getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
      createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
    };
  }

  async #admit(connection: MultiaddrConnection, upgrade: () => Promise<void>): Promise<void> {
    const host = shareOfAddress(connection.remoteAddr.toString()) ?? '';
    const places = this.#around.isPeerHost(host) ? this.#ofPeers : this.#ofStrangers;
    const end = (reason: string): void => connection.abort(new Error(reason));
    const place = { host, giveWay: () => this.#giveWay(host, end) };
    places.take(place);
    let overdue: NodeJS.Timeout | undefined;
    try {
      await firstBytes(connection);
      if (!this.#rate.admit(host, performance.now())) throw this.#refusal(host);
      overdue = setTimeout(() => {
        if (!this.#around.isBusy()) end('handshake takes too long');
      }, INBOUND_HANDSHAKE_MS);
      await upgrade();
    } finally {
      clearTimeout(overdue);
      places.leave(place);
    }
  }

  #giveWay(host: HostShare, end: (reason: string) => void): void {
    this.#complain('host opens too many connections that show no identity, its oldest give way', host);
    end('gives way to a newer connection');
  }

  #refusal(host: HostShare): Error {
    const cause = 'host begins too many handshakes, it is refused for a moment';
    this.#complain(cause, host);
    return new Error(cause);
  }

  #complain(cause: string, host: HostShare): void {
    if (this.#complaints.note(cause, host)) this.#log.warn(cause, { host });
  }
}

/**
 * Waits for the first bytes of the other end, and leaves them to be read.
 * @throws Error when none come in time, or the connection closes.
 */
async function firstBytes(connection: MultiaddrConnection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void => reject(new Error('connection closed before its first bytes'));
  const timer = setTimeout(() => reject(new Error('no first bytes in time')), FIRST_BYTES_TIMEOUT_MS);
  const onMessage = ({ data }: { readonly data: Parameters<MultiaddrConnection['unshift']>[0] }): void => {
    connection.removeEventListener('message', onMessage);
    connection.unshift(data);
    resolve();
  };
  connection.addEventListener('message', onMessage);
  connection.addEventListener('close', onClose);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    connection.removeEventListener('message', onMessage);
    connection.removeEventListener('close', onClose);
  }
}
