import type { Logger } from '#libs/log/logger.ts';
import { nextPeerState, type PeerEvent, type PeerState } from './rules/peer-state.ts';

export interface PeerStatusOptions {
  readonly log: Logger;
  /** Longest stay in a state; undefined: for ever. */
  readonly limitMs: (state: PeerState) => number | undefined;
  /** The state lasted longer than its limit: the callee ends it. */
  readonly onOverdue: (state: PeerState) => void;
}

/** The state of one peer's connection: only legal steps, each state with its time limit (P2P-08). */
export class PeerStatus {
  readonly #options: PeerStatusOptions;
  #state: PeerState = 'idle';
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: PeerStatusOptions) {
    this.#options = options;
  }

  get state(): PeerState {
    return this.#state;
  }

  /** Takes the step that `event` means; an event that cannot happen in this state changes nothing. */
  enter(event: PeerEvent): void {
    const next = nextPeerState(this.#state, event);
    if (next === undefined) return;
    const fields = { old_state: this.#state, new_state: next };
    this.#options.log.info('NetworkManager: Peer state changed', fields);
    this.#state = next;
    this.touch();
  }

  /** A sign that the state holds: its time starts anew. */
  touch(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const limitMs = this.#options.limitMs(this.#state);
    if (limitMs !== undefined) this.#timer = setTimeout(() => this.#onOverdue(), limitMs);
  }

  /** For good: no state has a time limit any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #onOverdue(): void {
    this.#options.log.warn('peer stays in a state for too long', { state: this.#state });
    this.touch();
    this.#options.onOverdue(this.#state);
  }
}
