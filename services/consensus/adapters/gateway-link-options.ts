import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
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
  /** Told of each message before it is sent. @returns the header of the span that sends it; undefined for none. */
  readonly traceparentOf?: (to: MemberIndex | 'all', body: PeerMessageBody) => string | undefined;
  readonly log: Logger;
}
