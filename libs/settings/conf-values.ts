import { assert } from '#libs/assert/assert.ts';
import { isLogFormat, isLogLevel } from './conf-rules.ts';
import { parseFileSize } from './file-size.ts';
import { CONF_DEFAULTS, type LoggingConfiguration } from './node-configuration.ts';
import type { YamlSection } from './yaml-section.ts';

/** The values of a conf.yaml as the file has them, with Go's zero values for absent keys, before any rule. */
export type ConfValues = ReturnType<typeof readConfValues>;

/** Reads the values of the keys. @throws YamlTypeError for a value of another type than its key has. */
export function readConfValues(root: YamlSection) {
  const peers = root.section('peers');
  const logging = root.section('logging');
  const services = root.section('services');
  const metrics = root.section('metrics');
  const tracing = root.section('tracing');
  const events = root.section('events');
  return {
    privateKey: root.section('node').text('private_key'),
    addresses: root.section('network').texts('addresses'),
    connectionTimeoutMs: peers.durationMs('connection_timeout'),
    exchangeIntervalMs: peers.has('exchange_interval') ? peers.durationMs('exchange_interval') : undefined,
    delinquentTimeoutMs: peers.has('delinquent_timeout') ? peers.durationMs('delinquent_timeout') : undefined,
    logging: {
      level: logging.text('level'),
      format: logging.text('format'),
      consoleOutput: logging.boolean('console_output'),
      consoleColor: logging.boolean('console_color'),
      fileOutput: logging.boolean('file_output'),
      fileName: logging.text('file_name'),
      fileMaxSize: logging.text('file_max_size'),
      fileMaxCount: logging.text('file_max_count'),
    },
    services: {
      clientAddress: services.text('client_address') || CONF_DEFAULTS.clientAddress,
      signerAddress: services.text('signer_address') || CONF_DEFAULTS.signerAddress,
      clientTlsCert: services.text('client_tls_cert'),
      clientTlsKey: services.text('client_tls_key'),
      clientTlsCa: services.text('client_tls_ca'),
      natsUrl: services.text('nats_url'),
    },
    metrics: {
      enabled: metrics.has('enabled') ? metrics.boolean('enabled') : CONF_DEFAULTS.metricsEnabled,
      address: metrics.text('address') || CONF_DEFAULTS.metricsAddress,
    },
    tracing: {
      endpoint: tracing.text('endpoint'),
      sample: tracing.text('sample') || String(CONF_DEFAULTS.tracingSample),
    },
    events: { transactions: events.boolean('transactions') },
  };
}

/** The logging of values that were checked. */
export function loggingOf(texts: ConfValues['logging']): LoggingConfiguration {
  const { level, format, consoleOutput, consoleColor, fileOutput, fileName } = texts;
  assert(isLogLevel(level) && isLogFormat(format), 'logging level and format are checked before');
  const size = parseFileSize(texts.fileMaxSize);
  return {
    level,
    format,
    consoleOutput,
    consoleColor,
    fileOutput,
    fileName,
    fileSizeBytesMax: 'bytes' in size ? size.bytes : CONF_DEFAULTS.fileSizeBytesMax,
    fileCountMax: texts.fileMaxCount === '' ? CONF_DEFAULTS.fileCountMax : Number(texts.fileMaxCount),
  };
}
