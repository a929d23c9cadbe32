import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ExchangeCodec, PeerStore, RecordCryptography } from './exchange/ports.ts';
import type { GatewayParts } from './gateway-parts.ts';
import type { ConfigurationSource } from './ports/configuration.ts';
import type { AddressResolver } from './ports/name-service.ts';
import type { PeerNetwork } from './ports/peer-network.ts';
import type { PeerSignals } from './ports/peer-signals.ts';

/** The outside of a gateway, as it needs it. */
export interface GatewayOptions {
  readonly source: ConfigurationSource;
  /** Makes the network once identity and addresses are known. */
  readonly openNetwork: (privateKey: Uint8Array, listenAddresses: readonly string[]) => Promise<PeerNetwork>;
  readonly resolver: AddressResolver;
  /** Tells when the addresses of this machine change. */
  readonly watchInterfaces: (onChange: () => void) => Lifecycle;
  /** libp2p peer id of a raw public key. */
  readonly peerIdOf: (publicKey: Uint8Array) => string;
  readonly signals: PeerSignals;
  /** The store of learned peers. */
  readonly store: PeerStore;
  readonly codec: ExchangeCodec;
  readonly cryptographyOf: (privateKey: Uint8Array) => RecordCryptography;
  /** Numbers from 0 up to but without 1, for jitter. */
  readonly random: () => number;
  /** Wait of the higher key before it dials; 0 makes both sides dial at once. */
  readonly dialHeadStartMs: number;
  /** How long a port that is in use is tried again. */
  readonly listenRetryMs: number;
  readonly log: Logger;
  /** Serves GatewayService; started when an address is listened on. */
  readonly serve: (parts: GatewayParts) => Lifecycle;
}
