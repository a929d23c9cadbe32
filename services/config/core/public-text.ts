import type { LoggingConfiguration } from '#libs/settings/node-configuration.ts';
import type { Configuration } from './configuration.ts';

/**
 * The configuration in one line for the log: no key, and no NATS URL, which may hold a password (LOG-16). The names in it
 * are in snake_case, as those of all facts in the log are (DECISIONS 83).
 */
export function publicText({ node, peers }: Configuration): string {
  const { networkAddresses, connectionTimeoutMs, exchangeIntervalMs, delinquentTimeoutMs } = node;
  const { logging, services, metrics, tracing, events } = node;
  return JSON.stringify({
    peer_id: node.identity.peerId,
    network_addresses: networkAddresses,
    connection_timeout_ms: connectionTimeoutMs,
    exchange_interval_ms: exchangeIntervalMs,
    delinquent_timeout_ms: delinquentTimeoutMs,
    logging: loggingFacts(logging),
    client_address: services.clientAddress,
    signer_address: services.signerAddress,
    metrics: { enabled: metrics.enabled, address: metrics.address },
    tracing: { endpoint: tracing.endpoint, sample: tracing.sample },
    events: { transactions: events.transactions },
    peers: peers.peers.length,
  });
}

function loggingFacts(logging: LoggingConfiguration): Readonly<Record<string, string | number | boolean>> {
  return {
    level: logging.level,
    format: logging.format,
    console_output: logging.consoleOutput,
    console_color: logging.consoleColor,
    file_output: logging.fileOutput,
    file_name: logging.fileName,
    file_size_bytes_max: logging.fileSizeBytesMax,
    file_count_max: logging.fileCountMax,
  };
}
