import { FILE_VERSION } from './file-version.ts';
import { goDuration } from './go-duration.ts';
import { CONF_DEFAULTS } from './node-configuration.ts';

/** The values of a generated conf.yaml; absent ones are the defaults. */
export interface ConfTextValues {
  /** base64 of 64 bytes. */
  readonly privateKey: string;
  readonly networkAddresses?: readonly string[];
  readonly connectionTimeoutMs?: number;
  readonly exchangeIntervalMs?: number;
  readonly delinquentTimeoutMs?: number;
  readonly logLevel?: string;
  readonly consoleOutput?: boolean;
  readonly consoleColor?: boolean;
  readonly fileOutput?: boolean;
  readonly clientAddress?: string;
  readonly signerAddress?: string;
  readonly clientTlsCert?: string;
  readonly clientTlsKey?: string;
  readonly clientTlsCa?: string;
  readonly natsUrl?: string;
  readonly metricsEnabled?: boolean;
  readonly metricsAddress?: string;
  readonly tracingEndpoint?: string;
}

const DEFAULT_ADDRESSES = ['/ip4/0.0.0.0/tcp/9000', '/ip6/::/tcp/9000'];
const DEFAULT_CONNECTION_TIMEOUT_MS = 10_000;

/** The conf.yaml of a node that has none (P2P-51, LOG-22): documented defaults, a comment on every key. */
export function defaultConfYaml(privateKeyBase64: string): string {
  return confYaml({ privateKey: privateKeyBase64 });
}

/** A commented conf.yaml with these values. Not checked: the caller parses it before writing it. */
export function confYaml(values: ConfTextValues): string {
  const texts = [nodeText, peersText, loggingText, servicesText, metricsText, tracingText, eventsText];
  return texts.map((text) => text(values)).join('\n');
}

function nodeText({ privateKey, networkAddresses = DEFAULT_ADDRESSES }: ConfTextValues): string {
  return `# Configuration of this node. Durations are written 10s, 1m30s or 1500ms.
# All keys are needed unless marked optional; an unknown key is ignored with a warning.
# A change is taken over at SIGHUP or "btcfed config reload"; keys marked (restart) at the next start.

# Of this format.
version: ${FILE_VERSION}

node:
    # (restart) Secret: the node's network identity. base64 of 64 bytes, Ed25519 seed and public key.
    # Remove the line to have a new one generated; the node then has another peer id.
    private_key: ${privateKey}

network:
    # Multiaddrs to listen on, at least one: /ip4/A/tcp/PORT, /ip6/A/tcp/PORT.
    addresses:
${networkAddresses.map((address) => `        - ${address}`).join('\n')}
`;
}

function peersText(values: ConfTextValues): string {
  const { connectionTimeoutMs = DEFAULT_CONNECTION_TIMEOUT_MS } = values;
  const { exchangeIntervalMs = CONF_DEFAULTS.exchangeIntervalMs } = values;
  const { delinquentTimeoutMs = CONF_DEFAULTS.delinquentTimeoutMs } = values;
  return `peers:
    # Time for one attempt to connect to one address, 1s to 24h.
    connection_timeout: ${goDuration(connectionTimeoutMs)}
    # Optional: how often peer lists are exchanged, 1s to 24h. Default 30s.
    exchange_interval: ${goDuration(exchangeIntervalMs)}
    # Optional: silence after which a peer is shown as delinquent, 5s to 24h. Default 60s. It decides nothing.
    delinquent_timeout: ${goDuration(delinquentTimeoutMs)}
`;
}

function loggingText(values: ConfTextValues): string {
  const { logLevel = 'info', consoleOutput = true, consoleColor = true, fileOutput = true } = values;
  return `logging:
    # debug, info, warn or error.
    level: ${logLevel}
    # Of the console: json or text. The file is always json.
    format: json
    # Optional, false when absent: write to standard output, and in colour.
    console_output: ${consoleOutput}
    console_color: ${consoleColor}
    # Optional, false when absent: write to a file.
    file_output: ${fileOutput}
    # Needed when file_output is true: a plain file name, without a directory.
    file_name: btc-federation.log
    # Optional: size at which the file is rotated, 10MB or 512kB. Default 10MB.
    file_max_size: 10MB
    # Optional: rotated files that are kept, 0 to 1000; older ones are deleted, with 0 none. Default 10.
    file_max_count: 10
`;
}

function servicesText(values: ConfTextValues): string {
  const { clientAddress = CONF_DEFAULTS.clientAddress, natsUrl = '' } = values;
  const { signerAddress = CONF_DEFAULTS.signerAddress, clientTlsCert = '' } = values;
  const { clientTlsKey = '', clientTlsCa = '' } = values;
  return `# (restart) Optional: how the services of this node find each other.
services:
    # host:port of the client API of the consensus service.
    client_address: ${JSON.stringify(clientAddress)}
    # PEM files of its certificate and key, absolute or below this folder. Needed off loopback; empty: plain text.
    client_tls_cert: ${JSON.stringify(clientTlsCert)}
    client_tls_key: ${JSON.stringify(clientTlsKey)}
    # PEM of the authority of client certificates: who shows one has a share of its own, wherever it calls from.
    client_tls_ca: ${JSON.stringify(clientTlsCa)}
    # host:port of the signer.
    signer_address: ${JSON.stringify(signerAddress)}
    # URL of the NATS server for events; empty: NATS_URL, else a nats-server on the PATH, else no events.
    nats_url: ${JSON.stringify(natsUrl)}
`;
}

function metricsText(values: ConfTextValues): string {
  const { metricsEnabled = CONF_DEFAULTS.metricsEnabled } = values;
  const { metricsAddress = CONF_DEFAULTS.metricsAddress } = values;
  return `# (restart) Optional: metrics for Prometheus, and probes (/livez, /readyz, /startupz). Plain HTTP without any check who asks.
metrics:
    # Default true.
    enabled: ${metricsEnabled}
    # host:port of the one page of all services of this node. <SERVICE>_METRICS_LISTEN gives a service one of its own beside it.
    address: ${JSON.stringify(metricsAddress)}
`;
}

function tracingText({ tracingEndpoint = '' }: ConfTextValues): string {
  return `# (restart) Optional: spans of transactions and decisions for a collector of OpenTelemetry, from gateway and consensus.
tracing:
    # URL of the collector (OTLP over HTTP), such as http://127.0.0.1:4318; empty: none are made. <SERVICE>_TRACING_ENDPOINT wins.
    endpoint: ${JSON.stringify(tracingEndpoint)}
    # Share of all traces, above 0 and up to 1: the same traces in all members with the same share. Default 1.
    sample: ${CONF_DEFAULTS.tracingSample}
`;
}

function eventsText(): string {
  return `# (restart) Optional: events on NATS. Each final block is a fact that has the hashes of its transactions.
events:
    # A fact for each final transaction too, which costs a message each. Default false.
    transactions: false
`;
}
