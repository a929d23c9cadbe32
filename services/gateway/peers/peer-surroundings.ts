import type { Logger } from '#libs/log/logger.ts';
import type { AddressResolver } from '../ports/name-service.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import type { PeerEvents } from './peer-events.ts';
import type { ChainView } from './rules/chain-view.ts';

/** The gateway around one peer, as the peer needs it. */
export interface PeerSurroundings {
  readonly network: PeerNetwork;
  readonly resolver: AddressResolver;
  /** Our own raw public key as lower-case hex. */
  readonly self: string;
  readonly chain: () => ChainView | undefined;
  readonly connectionTimeoutMs: () => number;
  /** `peers.delinquent_timeout`. */
  readonly delinquentTimeoutMs: () => number;
  readonly dialHeadStartMs: number;
  readonly bookDialMs: (isPatient: boolean) => number;
  readonly isBusy: () => boolean;
  readonly random: () => number;
  readonly log: Logger;
  /** Logs once per cause and peer. */
  readonly complain: (peer: string, cause: string) => void;
  readonly events: PeerEvents;
}
