import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import type { ClerkMakers } from './clerks.ts';
import type { PeerCodec } from './peer-codec.ts';

/** The parts that whole nodes share. */
export interface NodeKind {
  /** The protocols that they run in one epoch or another, by their ids. */
  readonly protocols: ReadonlyMap<string, HostedProtocol>;
  /** The terms that a change may give each. */
  readonly terms: FoundingProtocols;
  /** Likewise in the version of btcfed that a node runs; left out where all run the same. */
  readonly termsOf?: (node: MemberIndex) => FoundingProtocols;
  readonly codec: PeerCodec;
  readonly clerks: ClerkMakers;
}
