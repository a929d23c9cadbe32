import type { Logger } from '#libs/log/logger.ts';
import type { PeerFrames } from '../frames/peer-frames.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import type { ChainView } from './rules/chain-view.ts';

/** The world of the connections of one peer. */
export interface PeerLinksOptions {
  /** The peer's and our own raw public key as lower-case hex. */
  readonly peer: string;
  readonly self: string;
  readonly frames: PeerFrames;
  readonly chain: () => ChainView | undefined;
  readonly connectionTimeoutMs: () => number;
  readonly isBusy: () => boolean;
  readonly random: () => number;
  readonly log: Logger;
  /** Logs once per cause. */
  readonly complain: (cause: string) => void;
  /** The connection in use showed a sign of life. */
  readonly onAlive: () => void;
  /** A connection came into use; `isFirst` when there was none. */
  readonly onUse: (direction: PeerConnection['direction'], isFirst: boolean) => void;
  /** Whether frames can be sent may have changed. */
  readonly onReadiness: () => void;
  /** The peer broke the rules: it is not to be dialled soon. */
  readonly onOffence: () => void;
  /** The last connection is gone. */
  readonly onLost: (reason: string) => void;
}
