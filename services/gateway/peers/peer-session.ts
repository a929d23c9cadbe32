import type { Logger } from '#libs/log/logger.ts';
import type { PeerEntry } from '../core/peer-book.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import type { PeerOutbox } from '../frames/peer-outbox.ts';
import type { PushResult } from '../frames/rules/inbox.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import { Dialer } from './dialer.ts';
import { PeerLinks } from './peer-links.ts';
import { PeerStatus } from './peer-status.ts';
import type { PeerSurroundings } from './peer-surroundings.ts';
import type { ChainView } from './rules/chain-view.ts';
import { type PeerState, stateTimeLimitMs } from './rules/peer-state.ts';

export interface PeerSessionOptions {
  readonly entry: PeerEntry;
  readonly peerId: string;
  readonly around: PeerSurroundings;
  readonly log: Logger;
  readonly outbox: PeerOutbox;
  /** The chain, if the peer has a part in it. */
  readonly chain: () => ChainView | undefined;
  readonly onFrame: (trafficClass: TrafficClass, payload: Uint8Array) => PushResult;
  readonly onReady: (ready: boolean) => void;
  /** The first of its connections is there; `cameBack` when dials had failed before. */
  readonly onConnected: (cameBack: boolean) => void;
  readonly onDisconnected: (reason: string) => void;
  readonly onDialFailed: (reason: string) => void;
}

/** Where the connection with one peer stands: joins the dialer, the links and the states between them (P2P-08). */
export class PeerSession {
  readonly dialer: Dialer;
  readonly links: PeerLinks;
  readonly #options: PeerSessionOptions;
  readonly #status: PeerStatus;
  #lastError = '';
  #stopped = false;

  constructor(options: PeerSessionOptions) {
    this.#options = options;
    this.dialer = this.#makeDialer();
    this.links = this.#makeLinks();
    this.#status = this.#makeStatus();
  }

  get state(): PeerState {
    return this.#status.state;
  }

  /** Why it is not connected; empty when it is, or was never tried. */
  get lastError(): string {
    return this.#lastError;
  }

  /** A connection of this peer was opened, by either side. */
  onConnection(connection: PeerConnection): void {
    if (this.#stopped) connection.abort('peer is not configured any more');
    else this.links.add(connection);
  }

  /** Closes its connections for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.dialer.stop();
    this.#status.enter('close');
    await this.links.close();
    this.#status.enter('closed');
    this.#status.stop();
  }

  #makeDialer(): Dialer {
    const { entry, around, peerId, log } = this.#options;
    return new Dialer({
      ...around,
      log,
      peerId,
      addresses: entry.addresses,
      isLower: around.self < entry.key,
      headStartMs: around.dialHeadStartMs,
      timeoutMs: around.connectionTimeoutMs,
      nowMs: () => performance.now(),
      onDial: () => this.#status.enter('dial'),
      onFailed: (reason, isNews) => {
        this.#lastError = reason;
        this.#status.enter('dial-failed');
        if (isNews) this.#options.onDialFailed(reason);
      },
    });
  }

  #makeLinks(): PeerLinks {
    const { entry, around, outbox, chain, onFrame, log } = this.#options;
    return new PeerLinks({
      ...around,
      log,
      chain,
      onFrame,
      peer: entry.key,
      queue: outbox.queue,
      complain: (cause) => around.complain(entry.key, cause),
      onSent: () => outbox.onSent(),
      onAlive: () => this.#status.touch(),
      onUse: (direction, isFirst) => this.#onUse(direction, isFirst),
      onReadiness: () => this.#onReadiness(),
      onOffence: () => this.dialer.holdOff(),
      onLost: (reason) => this.#onLost(reason),
    });
  }

  #makeStatus(): PeerStatus {
    const { log, around } = this.#options;
    return new PeerStatus({
      log,
      limitMs: (state) =>
        stateTimeLimitMs(state, {
          addresses: this.dialer.addresses.length,
          connectionTimeoutMs: around.connectionTimeoutMs(),
        }),
      onOverdue: (state) => this.#onOverdue(state),
    });
  }

  #onOverdue(state: PeerState): void {
    if (state === 'connecting') this.dialer.abandon();
    else if (state === 'failed') this.dialer.hurry();
    else this.links.cut(`${state} for too long`);
  }

  #onUse(direction: PeerConnection['direction'], isFirst: boolean): void {
    const cameBack = this.dialer.failures > 0;
    this.dialer.onConnected(direction);
    this.#status.enter('opened');
    this.#options.log.info('NetworkManager: Successfully established connection with peer');
    if (isFirst) this.#options.onConnected(cameBack);
  }

  #onReadiness(): void {
    const ready = this.links.isReady;
    this.#options.onReady(ready);
    if (!ready) return this.#options.outbox.clear();
    this.dialer.onSuccess();
    this.#lastError = '';
  }

  #onLost(reason: string): void {
    this.#options.onDisconnected(reason);
    if (this.#stopped) return;
    this.#lastError = reason;
    this.#status.enter('lost');
    this.#options.log.warn('PeerHandler: Connection to peer lost, attempting reconnection', { reason });
    this.dialer.onLost();
  }
}
