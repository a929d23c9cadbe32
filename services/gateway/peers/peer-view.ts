import type { PeerState } from './rules/peer-state.ts';
import type { Standing } from './rules/standing.ts';

/** A peer as operators see it. */
export interface PeerView extends Standing {
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
