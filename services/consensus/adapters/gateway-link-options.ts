import type { Epoch } from '#libs/chain/ids.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { ProtocolWire } from '#libs/peer-wire/protocol-wire.ts';
import type { WireLimits } from '#libs/wire/limits.ts';

export interface GatewayLinkOptions {
  readonly address: string;
  /** First 8 bytes of the genesis digest. */
  readonly chainTag: Uint8Array;
  readonly limits: WireLimits;
  /** The messages of the protocol of an epoch. */
  readonly protocolIn: (epoch: Epoch) => ProtocolWire;
  /** The name of the member with this key, for the metrics of the gateway; empty where none is known. */
  readonly nameOf: (key: Uint8Array) => string;
  readonly log: Logger;
}
