import type { Logger } from '#libs/log/logger.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import type { PushResult } from '../frames/rules/inbox.ts';
import type { AddressResolver } from '../ports/name-service.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import type { Peer } from './peer.ts';
import type { ChainView } from './rules/chain-view.ts';

/** What one peer needs from, and tells to, the gateway around it. */
export interface PeerSurroundings {
  readonly network: PeerNetwork;
  readonly resolver: AddressResolver;
  /** Our own raw public key as lower-case hex. */
  readonly self: string;
  readonly chain: () => ChainView | undefined;
  readonly connectionTimeoutMs: () => number;
  readonly dialHeadStartMs: number;
  readonly bookDialMs: (isPatient: boolean) => number;
  readonly isBusy: () => boolean;
  readonly random: () => number;
  readonly log: Logger;
  /** Logs once per cause and peer. */
  readonly complain: (peer: string, cause: string) => void;
  readonly onFrame: (peer: string, trafficClass: TrafficClass, payload: Uint8Array) => PushResult;
  readonly onReady: (peer: Peer, ready: boolean) => void;
  /** @param cameBack - Dials had failed before. */
  readonly onConnected: (peer: Peer, cameBack: boolean) => void;
  readonly onDisconnected: (peer: Peer, reason: string) => void;
  readonly onDialFailed: (peer: Peer, reason: string) => void;
  readonly onDropped: (frames: number) => void;
}
