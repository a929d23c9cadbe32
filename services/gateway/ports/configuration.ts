/** conf.yaml and peers.yaml, as far as the gateway needs them. */
export interface GatewayConfiguration {
  readonly listenAddresses: readonly string[];
  readonly connectionTimeoutMs: number;
  /** `peers.exchange_interval`. */
  readonly exchangeIntervalMs: number;
  /** `peers.delinquent_timeout`. */
  readonly delinquentTimeoutMs: number;
  readonly peers: readonly ConfiguredPeer[];
}

/** One entry of peers.yaml. */
export interface ConfiguredPeer {
  readonly publicKey: Uint8Array;
  readonly addresses: readonly string[];
  /** Learned by peer exchange in an earlier run: entries heard in this run take precedence. */
  readonly learned: boolean;
}

/** The source of identity and configuration at the start: the config service in production. */
export interface ConfigurationSource {
  /** The address of the config service, for messages to people. */
  readonly address: string;
  /** Ed25519 seed and public key, 64 bytes. */
  identity(signal: AbortSignal): Promise<Uint8Array>;
  /** The configuration in force. */
  configuration(signal: AbortSignal): Promise<GatewayConfiguration>;
  close(): void;
}
