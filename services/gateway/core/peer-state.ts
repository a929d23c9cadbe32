/** Where a peer's connection stands (P2P-08). */
export type PeerState = 'idle' | 'connecting' | 'connected' | 'disconnecting' | 'failed';

/** What can happen to a peer's connection. An inbound connection is `opened` too (requirements A.1). */
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
