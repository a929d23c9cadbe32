import {
  CIRCUIT_TRIAL_MS,
  CLOSE_TIMEOUT_MS,
  KEEP_ALIVE_BEAT_MS,
  REFUSED_RETRY_MS,
  SILENT_BEATS_MAX,
  STATE_GRACE_MS,
} from '../../core/connection-limits.ts';

/** The states of a peer's connection (P2P-08). */
export type PeerState = 'idle' | 'connecting' | 'connected' | 'disconnecting' | 'failed';

/** The events of a peer's connection. An inbound connection is `opened` too (test/requirements/texts.md A.1). */
export type PeerEvent = 'dial' | 'opened' | 'dial-failed' | 'lost' | 'close' | 'closed';

const NEXT: Readonly<Record<PeerState, Readonly<Partial<Record<PeerEvent, PeerState>>>>> = {
  idle: { dial: 'connecting', opened: 'connected' },
  connecting: { opened: 'connected', 'dial-failed': 'failed', close: 'disconnecting' },
  connected: { lost: 'failed', close: 'disconnecting' },
  disconnecting: { closed: 'idle' },
  failed: { dial: 'connecting', opened: 'connected', close: 'disconnecting' },
};

/** The state after `event`, or undefined when that cannot happen in `state`: nothing then changes. */
export function nextPeerState(state: PeerState, event: PeerEvent): PeerState | undefined {
  return NEXT[state][event];
}

export interface StateTimes {
  /** Addresses that one round of dials tries; 0 when the peer can only come by itself. */
  readonly addresses: number;
  /** `peers.connection_timeout`. */
  readonly connectionTimeoutMs: number;
}

/**
 * Longest stay in a state without a sign that it still holds; undefined where it may last for ever. It is a second net:
 * dials, pings and closes have limits of their own, and end the state sooner.
 */
export function stateTimeLimitMs(
  state: PeerState,
  { addresses, connectionTimeoutMs }: StateTimes,
): number | undefined {
  switch (state) {
    case 'idle':
      return undefined;
    case 'connecting':
      return Math.max(1, addresses) * connectionTimeoutMs + STATE_GRACE_MS;
    case 'connected':
      return 10 * SILENT_BEATS_MAX * KEEP_ALIVE_BEAT_MS + STATE_GRACE_MS;
    case 'disconnecting':
      return CLOSE_TIMEOUT_MS + STATE_GRACE_MS;
    case 'failed':
      return addresses === 0 ? undefined : CIRCUIT_TRIAL_MS + REFUSED_RETRY_MS + STATE_GRACE_MS;
  }
}
