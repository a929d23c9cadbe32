import type { Logger } from '#libs/log/logger.ts';
import type { AddressResolver } from '../ports/name-service.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';

/** The peer of a dialer, and the world that it dials in. */
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
