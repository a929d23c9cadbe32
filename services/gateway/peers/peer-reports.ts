import type { Logger } from '#libs/log/logger.ts';
import type { Attachments } from '../frames/attachments.ts';
import type { FrameDelivery, PushResult } from '../frames/rules/inbox.ts';
import type { PeerSignals } from '../ports/peer-signals.ts';
import type { PeerEvents, PeerName } from './peer-events.ts';
import { PeerTelling } from './peer-telling.ts';

export interface PeerReportsOptions {
  /** The side of consensus. */
  readonly attachments: Pick<Attachments, 'receive' | 'peerChanged'>;
  readonly signals: PeerSignals;
  readonly log: Logger;
  /** A peer's connection came up, or its last one went down. */
  readonly onSession: (key: string, connected: boolean) => void;
  /** A connection exists to a peer whose dials had failed. */
  readonly onCameBack: () => void;
}

/**
 * Hears the events of all peers, keeps their totals, and reports them to consensus, to peer exchange and to the
 * outside.
 */
export class PeerReports implements PeerEvents {
  readonly #options: PeerReportsOptions;
  readonly #telling: PeerTelling;
  readonly #ready = new Set<string>();
  #dropped = 0;

  constructor(options: PeerReportsOptions) {
    this.#options = options;
    this.#telling = new PeerTelling(options.signals, options.log);
  }

  /** Keys of the peers that frames can be sent to. */
  get ready(): ReadonlySet<string> {
    return this.#ready;
  }

  /** Frames dropped because a peer was away or slow, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  onFrame(delivery: FrameDelivery): PushResult {
    return this.#options.attachments.receive(delivery);
  }

  onDropped(frames: number): void {
    this.#dropped += frames;
  }

  onReady({ key }: PeerName, ready: boolean): void {
    if (this.#ready.has(key) === ready) return;
    if (ready) this.#ready.add(key);
    else this.#ready.delete(key);
    this.#options.attachments.peerChanged(key, ready);
  }

  onConnected(peer: PeerName, cameBack: boolean): void {
    this.#telling.connected(peer);
    this.#options.onSession(peer.key, true);
    if (cameBack) this.#options.onCameBack();
  }

  onDisconnected(peer: PeerName, reason: string): void {
    this.#telling.disconnected(peer, reason);
    this.#options.onSession(peer.key, false);
  }

  onDialFailed(peer: PeerName, reason: string): void {
    this.#telling.connectionFailed(peer, reason);
  }
}
