import type { BootstrapLog } from './bootstrap-log.ts';
import type { PeerExchange } from './exchange/peer-exchange.ts';
import type { Attachments } from './frames/attachments.ts';
import type { LoopLag } from './loop-lag.ts';
import type { PeerDoor } from './peers/peer-door.ts';
import type { PeerRegistry } from './peers/peer-registry.ts';
import type { PeerNetwork } from './ports/peer-network.ts';

/** The parts of a running gateway. */
export interface GatewayParts {
  readonly network: PeerNetwork;
  readonly registry: PeerRegistry;
  readonly attachments: Attachments;
  readonly exchange: PeerExchange;
  readonly bootstrap: BootstrapLog;
  readonly listener: PeerDoor;
  readonly lag: LoopLag;
}
