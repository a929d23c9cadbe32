import type { LogLevel } from '#libs/log/log-level.ts';
import { SAMPLE_DEFAULT } from '#libs/tracing/endpoint.ts';
import type { IdentityKey } from './keys.ts';

export type LogFormat = 'json' | 'text';

/** The `logging` section of conf.yaml. */
export interface LoggingConfiguration {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly consoleOutput: boolean;
  readonly consoleColor: boolean;
  readonly fileOutput: boolean;
  /** A plain file name; empty only when `fileOutput` is false. */
  readonly fileName: string;
  /** Size at which the file is rotated. */
  readonly fileSizeBytesMax: number;
  /** Rotated files that are kept beside it, the newest; 0 keeps all. */
  readonly fileCountMax: number;
}

/** Where the services of one member find each other and the outside. A section of ours. */
interface ServicesConfiguration {
  /** host:port of the consensus service's client API. */
  readonly clientAddress: string;
  /** host:port of the signer. */
  readonly signerAddress: string;
  /** PEM files of the client API, absolute or below the home; empty: plain text, which is for loopback only. */
  readonly clientTlsCert: string;
  readonly clientTlsKey: string;
  /** PEM of the authority that certificates of clients are verified with; empty: clients are asked for none. */
  readonly clientTlsCa: string;
  /** URL of the NATS server; empty when it is to be found. May hold a password: never log it. */
  readonly natsUrl: string;
}

/** The `metrics` section of conf.yaml: where the services of one member show their metrics and answer probes. A section of ours. */
interface MetricsConfiguration {
  readonly enabled: boolean;
  /** host:port of the one page of all services. */
  readonly address: string;
}

/** The `tracing` section of conf.yaml: where gateway and consensus send spans. A section of ours. */
interface TracingConfiguration {
  /** URL of a collector of OpenTelemetry; empty: no spans. */
  readonly endpoint: string;
  /** Share of all traces that is recorded, above 0 and up to 1. */
  readonly sample: number;
}

/** The `events` section of conf.yaml: what consensus publishes beside the facts of blocks. A section of ours. */
interface EventsConfiguration {
  /** A fact for each final transaction. */
  readonly transactions: boolean;
}

/** conf.yaml after validation. Made by `parseConfYaml` alone. */
export interface NodeConfiguration {
  readonly identity: IdentityKey;
  /** network.addresses: multiaddrs to listen on, at least one. */
  readonly networkAddresses: readonly string[];
  /** peers.connection_timeout. */
  readonly connectionTimeoutMs: number;
  /** peers.exchange_interval. */
  readonly exchangeIntervalMs: number;
  /** peers.delinquent_timeout. */
  readonly delinquentTimeoutMs: number;
  readonly logging: LoggingConfiguration;
  readonly services: ServicesConfiguration;
  readonly metrics: MetricsConfiguration;
  readonly tracing: TracingConfiguration;
  readonly events: EventsConfiguration;
}

/** The keys of conf.yaml by section, beside `version`: anything else is ignored with a warning. */
export const CONF_KEYS = {
  node: ['private_key'],
  network: ['addresses'],
  peers: ['connection_timeout', 'exchange_interval', 'delinquent_timeout'],
  logging: [
    'level',
    'format',
    'console_output',
    'console_color',
    'file_output',
    'file_name',
    'file_max_size',
    'file_max_count',
  ],
  services: [
    'client_address',
    'client_tls_cert',
    'client_tls_key',
    'client_tls_ca',
    'signer_address',
    'nats_url',
  ],
  metrics: ['enabled', 'address'],
  tracing: ['endpoint', 'sample'],
  events: ['transactions'],
} as const;

/** The values of keys that may be absent. */
export const CONF_DEFAULTS = {
  exchangeIntervalMs: 30_000,
  delinquentTimeoutMs: 60_000,
  fileSizeBytesMax: 10 * 1024 * 1024,
  fileCountMax: 10,
  clientAddress: '127.0.0.1:7101',
  signerAddress: '127.0.0.1:7102',
  metricsEnabled: true,
  metricsAddress: '127.0.0.1:7106',
  tracingSample: SAMPLE_DEFAULT,
} as const;
