import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ClerkMakers } from './clerks.ts';
import type { PeerCodec } from './peer-codec.ts';

/** The parts that whole nodes of one protocol share. */
export interface NodeKind {
  readonly protocol: HostedProtocol;
  readonly codec: PeerCodec;
  readonly clerks: ClerkMakers;
}
