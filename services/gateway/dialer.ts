import type { LogFields, Logger } from '#libs/log/logger.ts';
import { backoffMs } from './core/backoff.ts';
import { REFUSED_RETRY_MS, STABLE_SESSION_MS } from './core/limits.ts';
import type { PeerNetwork } from './ports.ts';

export interface DialerOptions {
  /** In order of preference; none: the peer can only come by itself. */
  readonly addresses: readonly string[];
  readonly peerId: string;
  /** Our key is the lower one: our dial is the one that counts when both dial at once. */
  readonly isLower: boolean;
  /** The higher key waits this long, and up to twice that, before it dials. */
  readonly headStartMs: number;
  readonly network: PeerNetwork;
  /** `peers.connection_timeout`, for each address. */
  readonly timeoutMs: () => number;
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly log: Logger;
  readonly onDial: () => void;
  readonly onFailed: (reason: string) => void;
}

/**
 * Decides when a peer is dialled and tries its addresses in order (P2P-06, P2P-13). It stops at a connection, of
 * either direction, and starts again when that is lost. It never gives up: a member may be away for a week.
 */
export class Dialer {
  readonly #options: DialerOptions;
  #addresses: readonly string[];
  #failures = 0;
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
    return this.#failures;
  }

  start(): void {
    this.#schedule(0);
  }

  readdress(addresses: readonly string[]): void {
    this.#addresses = addresses;
    this.#failures = 0;
    if (this.#connectedAtMs === undefined && this.#dial === undefined) this.#schedule(0);
  }

  /**
   * A connection is there. Our own dial goes on when it is the one that would count: if both sides cut theirs when
   * they see the other's, none is left.
   */
  onConnected(direction: 'inbound' | 'outbound'): void {
    clearTimeout(this.#timer);
    this.#connectedAtMs = this.#options.nowMs();
    if (direction === 'outbound') return;
    this.#failures = 0;
    if (!this.#options.isLower) this.#dial?.abort();
  }

  /** Frames flow: the next loss starts from the shortest wait. */
  onSuccess(): void {
    this.#failures = 0;
    this.#notBeforeMs = 0;
  }

  onLost(): void {
    const stoodMs = this.#options.nowMs() - (this.#connectedAtMs ?? Number.POSITIVE_INFINITY);
    this.#connectedAtMs = undefined;
    this.#failures = stoodMs >= STABLE_SESSION_MS ? 1 : this.#failures + 1;
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

  /** Milliseconds until the next round. */
  #scheduleRetry(): number {
    const heldMs = this.#notBeforeMs - this.#options.nowMs();
    const waitMs = Math.max(backoffMs(this.#failures, this.#options.random), heldMs);
    this.#schedule(waitMs);
    return waitMs;
  }

  #schedule(waitMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#addresses.length === 0) return;
    const headStartMs = this.#options.isLower ? 0 : this.#options.headStartMs * (1 + this.#options.random());
    this.#timer = setTimeout(() => void this.#round(), waitMs + headStartMs);
  }

  async #round(): Promise<void> {
    if (this.#dial !== undefined || this.#connectedAtMs !== undefined) return;
    const dial = new AbortController();
    this.#dial = dial;
    this.#options.onDial();
    const reason = await this.#tryAddresses(dial.signal);
    this.#dial = undefined;
    if (this.#stopped || this.#connectedAtMs !== undefined || reason === undefined) return;
    this.#failures += 1;
    this.#options.onFailed(reason);
    const retryInMs = this.#scheduleRetry();
    this.#logSeldom('PeerHandler: Peer failed, will retry', { attempt: this.#failures, retry_in: retryInMs });
  }

  /** Undefined when a connection came of it, else why not. */
  async #tryAddresses(signal: AbortSignal): Promise<string | undefined> {
    const { network, peerId, log, timeoutMs } = this.#options;
    const addresses = this.#addresses;
    let reason = 'no address';
    for (const [index, address] of addresses.entries()) {
      if (signal.aborted || (index > 0 && this.#connectedAtMs !== undefined)) return reason;
      try {
        await network.dial({
          address,
          peerId,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs())]),
        });
        log.info('PeerHandler: Successfully connected to peer', { address });
        return undefined;
      } catch (error) {
        reason = `${address}: ${error instanceof Error ? error.message : String(error)}`;
        const fields = { address, attempt: index + 1, total_attempts: addresses.length, reason };
        this.#logSeldom('PeerHandler: Failed to connect to peer', fields);
      }
    }
    return reason;
  }

  /** The first failed round of a row is worth a person's eye; the thousandth is not. */
  #logSeldom(message: string, fields: LogFields): void {
    if (this.#failures <= 1) this.#options.log.warn(message, fields);
    else this.#options.log.debug(message, fields);
  }
}
