import type { Logger } from '#libs/log/logger.ts';
import type { PeerBookEntry } from '../core/peer-book.ts';
import type { PeerFrames } from '../frames/peer-frames.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import { Dialer } from './dialer.ts';
import type { PeerName } from './peer-events.ts';
import { PeerLinks } from './peer-links.ts';
import { PeerStatus } from './peer-status.ts';
import type { PeerSurroundings } from './peer-surroundings.ts';
import type { ChainView } from './rules/chain-view.ts';
import { type PeerState, stateTimeLimitMs } from './rules/peer-state.ts';

export interface PeerSessionOptions {
  readonly entry: PeerBookEntry;
  readonly peerId: string;
  readonly around: PeerSurroundings;
  readonly log: Logger;
  readonly frames: PeerFrames;
  /** The chain, if the peer has a part in it. */
  readonly chain: () => ChainView | undefined;
}

/** The state of the connection with one peer: joins the dialer, the links and the states between them (P2P-08). */
export class PeerSession {
  readonly dialer: Dialer;
  readonly links: PeerLinks;
  readonly #options: PeerSessionOptions;
  readonly #peer: PeerName;
  readonly #status: PeerStatus;
  #lastError = '';
  #stopped = false;

  constructor(options: PeerSessionOptions) {
    this.#options = options;
    this.#peer = { key: options.entry.key, peerId: options.peerId };
    this.dialer = this.#makeDialer();
    this.links = this.#makeLinks();
    this.#status = this.#makeStatus();
  }

  get state(): PeerState {
    return this.#status.state;
  }

  /** The reason why the peer is not connected; empty when it is, or was never tried. */
  get lastError(): string {
    return this.#lastError;
  }

  /** A connection of this peer was opened, by either side. */
  onConnection(connection: PeerConnection): void {
    if (this.#stopped) connection.abort('peer is not configured any more');
    else this.links.add(connection);
  }

  /** Closes the peer's connections and makes no others. */
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
        if (isNews) around.events.onDialFailed(this.#peer, reason);
      },
    });
  }

  #makeLinks(): PeerLinks {
    const { entry, around, frames, chain, log } = this.#options;
    return new PeerLinks({
      ...around,
      log,
      chain,
      frames,
      peer: entry.key,
      complain: (cause) => around.complain(entry.key, cause),
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
    if (isFirst) this.#options.around.events.onConnected(this.#peer, cameBack);
  }

  #onReadiness(): void {
    const { around, frames } = this.#options;
    const ready = this.links.isReady;
    around.events.onReady(this.#peer, ready);
    if (!ready) return frames.outbox.clear();
    this.dialer.onSuccess();
    this.#lastError = '';
  }

  #onLost(reason: string): void {
    this.#options.around.events.onDisconnected(this.#peer, reason);
    if (this.#stopped) return;
    this.#lastError = reason;
    this.#status.enter('lost');
    this.#options.log.warn('PeerHandler: Connection to peer lost, attempting reconnection', { reason });
    this.dialer.onLost();
  }
}
