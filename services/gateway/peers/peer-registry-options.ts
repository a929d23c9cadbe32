import type { Logger } from '#libs/log/logger.ts';
import type { Attachments } from '../frames/attachments.ts';
import type { AddressResolver } from '../ports/name-service.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import type { PeerSignals } from '../ports/peer-signals.ts';
import type { Peer } from './peer.ts';

/** The world of all peers of this gateway. */
export interface PeerRegistryOptions {
  readonly network: PeerNetwork;
  readonly resolver: AddressResolver;
  /** libp2p peer id of a raw public key. */
  readonly peerIdOf: (publicKey: Uint8Array) => string;
  readonly signals: PeerSignals;
  /** Whether this process cannot keep up now. */
  readonly isBusy: () => boolean;
  readonly random: () => number;
  /** Wait of the higher key before it dials; 0 makes both sides dial at once. */
  readonly dialHeadStartMs: number;
  readonly log: Logger;
  /** The side of consensus. */
  readonly attachments: Pick<Attachments, 'receive' | 'peerChanged'>;
  /** A peer's connection came up, or its last one went down. */
  readonly onSession: (key: string, connected: boolean) => void;
  /** Called for a new peer, before anything happens to it. */
  readonly onPeerAdded: (peer: Peer) => void;
}
