import type { LogFields, Logger } from '#libs/log/logger.ts';
import {
  BUSY_RETRY_MS_MAX,
  BUSY_WAIT_MS,
  HURRY_SPREAD_MS,
  REFUSED_RETRY_MS,
  STABLE_SESSION_MS,
} from '../core/connection-limits.ts';
import type { AddressResolver } from '../ports/name-service.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import { dialRound } from './dial-round.ts';
import { Circuit } from './rules/circuit.ts';

export interface DialerOptions {
  /** Addresses in order of preference; without one only the peer can connect. */
  readonly addresses: readonly string[];
  readonly peerId: string;
  /** Whether our key is the lower one: our dial is the one that counts when both dial at once. */
  readonly isLower: boolean;
  /** The higher key waits this long, and up to twice that, before it dials. */
  readonly headStartMs: number;
  readonly network: Pick<PeerNetwork, 'dial'>;
  readonly resolver: AddressResolver;
  /** `peers.connection_timeout`, for each address. */
  readonly timeoutMs: () => number;
  /**
   * Books one dial; answers how many milliseconds it must wait for those of other peers, longer for a patient dial.
   */
  readonly bookDialMs: (isPatient: boolean) => number;
  /** Whether this process cannot keep up now: patient dials wait. */
  readonly isBusy: () => boolean;
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly log: Logger;
  readonly onDial: () => void;
  /** A round failed. `isNews` for the first of a row and for the one that opens the circuit. */
  readonly onFailed: (reason: string, isNews: boolean) => void;
}

/**
 * Decides when a peer is dialled (P2P-13, P2P-14). It stops at a connection, of either direction, and starts
 * again when that is lost. It never gives up: a member may be away for a week.
 */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #circuit = new Circuit();
  #addresses: readonly string[];
  #timer: NodeJS.Timeout | undefined;
  #dial: AbortController | undefined;
  #connectedAtMs: number | undefined;
  #notBeforeMs = 0;
  #stopped = false;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#addresses = options.addresses;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Failed rounds in a row. */
  get failures(): number {
    return this.#circuit.failures;
  }

  /** @param patience - Multiplies the head start of the lower key in the first round. */
  start(patience = 1): void {
    this.#schedule(0, patience);
  }

  readdress(addresses: readonly string[]): void {
    this.#addresses = addresses;
    this.#circuit.reset();
    if (this.#isFree) this.#schedule(0);
  }

  /** Something changed that may have made the peer reachable: the next round comes at once, or nearly. */
  hurry(): void {
    if (this.#isFree && this.failures > 0)
      this.#schedule(this.#heldMs(this.#options.random() * HURRY_SPREAD_MS));
  }

  /** Ends a round that is under way: it has failed. */
  abandon(): void {
    this.#dial?.abort(new Error('the dial took too long'));
  }

  /**
   * A connection exists. Our own dial continues when it is the one that would count: if both sides cut theirs
   * when they see the other's, none is left.
   */
  onConnected(direction: 'inbound' | 'outbound'): void {
    clearTimeout(this.#timer);
    this.#connectedAtMs = this.#options.nowMs();
    if (direction === 'outbound') return;
    this.#circuit.reset();
    if (!this.#options.isLower) this.#dial?.abort();
  }

  /** Frames flow: the next loss starts from the shortest wait. */
  onSuccess(): void {
    this.#circuit.reset();
    this.#notBeforeMs = 0;
  }

  onLost(): void {
    const stoodMs = this.#options.nowMs() - (this.#connectedAtMs ?? Number.POSITIVE_INFINITY);
    this.#connectedAtMs = undefined;
    if (stoodMs >= STABLE_SESSION_MS) this.#circuit.reset(1);
    else this.#circuit.failed();
    this.#scheduleRetry();
  }

  /** The peer was refused: no dial before the longest wait is over. */
  holdOff(): void {
    this.#notBeforeMs = this.#options.nowMs() + REFUSED_RETRY_MS;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#dial?.abort();
  }

  get #isFree(): boolean {
    return this.#connectedAtMs === undefined && this.#dial === undefined;
  }

  #heldMs(waitMs: number): number {
    return Math.max(waitMs, this.#notBeforeMs - this.#options.nowMs());
  }

  /** Milliseconds until the next round. */
  #scheduleRetry(atLeastMs = 0): number {
    const waitMs = this.#heldMs(Math.max(atLeastMs, this.#circuit.waitMs(this.#options.random)));
    this.#schedule(waitMs);
    return waitMs;
  }

  #schedule(waitMs: number, patience = 1): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#addresses.length === 0) return;
    const { isLower, headStartMs, random, bookDialMs } = this.#options;
    const ownMs = waitMs + (isLower ? 0 : patience * headStartMs * (1 + random()));
    this.#timer = setTimeout(() => this.#begin(patience), Math.max(ownMs, bookDialMs(patience > 1)));
  }

  /** A patient dial spares a busy process, and has less patience the next time. */
  #begin(patience: number): void {
    const { isBusy, random } = this.#options;
    if (patience > 1 && this.#isFree && isBusy()) this.#schedule(BUSY_WAIT_MS * (1 + random()), patience / 2);
    else void this.#round();
  }

  async #round(): Promise<void> {
    if (!this.#isFree) return;
    const dial = new AbortController();
    this.#dial = dial;
    const startMs = this.#options.nowMs();
    if (this.#circuit.isOpen) this.#options.log.info('PeerHandler: *** PERIODIC RETRY TRIGGERED ***');
    this.#options.onDial();
    const outcome = await dialRound(this.#addresses, dial.signal, {
      ...this.#options,
      isConnected: () => this.#connectedAtMs !== undefined,
      onFailed: ({ address, attempt, total, reason }) => {
        const fields = { address, attempt, total_attempts: total, reason };
        this.#logSeldom('PeerHandler: Failed to connect to peer', fields);
      },
    });
    this.#dial = undefined;
    if ('reached' in outcome) {
      this.#options.log.info('PeerHandler: Successfully connected to peer', { address: outcome.reached });
    } else if (!this.#stopped && this.#connectedAtMs === undefined) {
      this.#onRoundFailed(outcome.reason, this.#options.nowMs() - startMs);
    }
  }

  #onRoundFailed(reason: string, tookMs: number): void {
    const wasOpen = this.#circuit.isOpen;
    this.#circuit.failed();
    const opened = this.#circuit.isOpen && !wasOpen;
    this.#options.onFailed(reason, this.failures === 1 || opened);
    const retryInMs = this.#scheduleRetry(this.#options.isBusy() ? Math.min(tookMs, BUSY_RETRY_MS_MAX) : 0);
    if (opened) {
      const fields = { failure_count: this.failures, retry_in: retryInMs };
      this.#options.log.warn('PeerHandler: Peer marked as permanently failed', fields);
      return;
    }
    this.#logSeldom('PeerHandler: Peer failed, will retry', { attempt: this.failures, retry_in: retryInMs });
  }

  /** The first failed round of a row is worth a person's eye; the thousandth is not. */
  #logSeldom(message: string, fields: LogFields): void {
    if (this.failures <= 1) this.#options.log.warn(message, fields);
    else this.#options.log.debug(message, fields);
  }
}
