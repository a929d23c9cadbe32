import { BUSY_RETRY_MS_MAX, BUSY_WAIT_MS, HURRY_SPREAD_MS } from '../core/connection-limits.ts';
import { DialLog } from './dial-log.ts';
import { dialRound } from './dial-round.ts';
import type { DialerOptions } from './dialer-options.ts';
import { Circuit } from './rules/circuit.ts';

/**
 * Decides when a peer is dialled (P2P-13, P2P-14). It stops at a connection, of either direction, and starts
 * again when that is lost. It never gives up: a member may be away for a week.
 */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #circuit = new Circuit();
  readonly #log: DialLog;
  #addresses: readonly string[];
  #timer: NodeJS.Timeout | undefined;
  #dial: AbortController | undefined;
  #connectedAtMs: number | undefined;
  #stopped = false;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#log = new DialLog(options.log, this.#circuit);
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
    const { random, nowMs } = this.#options;
    if (!this.#isFree || this.failures === 0) return;
    this.#schedule(this.#circuit.heldMs(random() * HURRY_SPREAD_MS, nowMs()));
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
    this.#circuit.succeeded();
  }

  onLost(): void {
    const stoodMs = this.#options.nowMs() - (this.#connectedAtMs ?? Number.POSITIVE_INFINITY);
    this.#connectedAtMs = undefined;
    this.#circuit.lost(stoodMs);
    this.#scheduleRetry();
  }

  /** The peer was refused: no dial before the longest wait is over. */
  holdOff(): void {
    this.#circuit.holdOff(this.#options.nowMs());
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#dial?.abort();
  }

  get #isFree(): boolean {
    return this.#connectedAtMs === undefined && this.#dial === undefined;
  }

  /** Milliseconds until the next round. */
  #scheduleRetry(atLeastMs = 0): number {
    const { random, nowMs } = this.#options;
    const waitMs = this.#circuit.heldMs(Math.max(atLeastMs, this.#circuit.waitMs(random)), nowMs());
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
    this.#log.begins();
    this.#options.onDial();
    const outcome = await dialRound(this.#addresses, dial.signal, {
      ...this.#options,
      isConnected: () => this.#connectedAtMs !== undefined,
      onFailed: (failure) => this.#log.addressFailed(failure),
    });
    this.#dial = undefined;
    if ('reached' in outcome) {
      this.#log.reached(outcome.reached);
    } else if (!this.#stopped && this.#connectedAtMs === undefined) {
      this.#onRoundFailed(outcome.reason, this.#options.nowMs() - startMs);
    }
  }

  #onRoundFailed(reason: string, tookMs: number): void {
    const opened = this.#circuit.failed();
    this.#options.onFailed(reason, this.failures === 1 || opened);
    const retryInMs = this.#scheduleRetry(this.#options.isBusy() ? Math.min(tookMs, BUSY_RETRY_MS_MAX) : 0);
    this.#log.roundFailed(retryInMs, opened);
  }
}
