import type { PeerState } from './rules/peer-state.ts';
import type { Standing } from './rules/standing.ts';

/** The traffic with a peer, since it is known. */
interface PeerTraffic {
  /** Bytes of its frames, over all connections. */
  readonly receivedBytes: number;
  /** Bytes of frames for it that were handed to a connection. */
  readonly sentBytes: number;
  /** Bytes of frames that wait for it. */
  readonly queuedBytes: number;
}

/** A peer as operators see it. */
export interface PeerView extends Standing, PeerTraffic {
  /** Its name in the chain, or the beginning of its key where no name is known; undefined for one that has no part in the chain. */
  readonly member: string | undefined;
  /** Raw Ed25519 public key as lower-case hex. */
  readonly key: string;
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly state: PeerState;
  /** Failed dials in a row. */
  readonly failures: number;
  /** Empty when there was none. */
  readonly lastError: string;
  /** Microseconds of the last ping; 0 when not measured. */
  readonly roundTripUs: number;
  /** Whether it was silent for longer than `peers.delinquent_timeout`. */
  readonly isDelinquent: boolean;
}

/** The facts that the connections of a peer tell of it. */
type SessionFacts = Pick<
  PeerView,
  'addresses' | 'state' | 'failures' | 'lastError' | 'roundTripUs' | 'receivedBytes'
>;

/** The parts of a session that people are shown. */
interface ShownSession extends Pick<PeerView, 'state' | 'lastError'> {
  readonly dialer: Pick<PeerView, 'addresses' | 'failures'>;
  readonly links: Pick<PeerView, 'receivedBytes'> & { readonly pulse: Pick<PeerView, 'roundTripUs'> };
}

export function sessionFacts({ dialer, links, state, lastError }: ShownSession): SessionFacts {
  const { addresses, failures } = dialer;
  const { receivedBytes, pulse } = links;
  return { addresses, state, failures, lastError, receivedBytes, roundTripUs: pulse.roundTripUs };
}
