import { goDuration } from './go-duration.ts';
import type { NodeConfiguration } from './node-configuration.ts';

/**
 * The moment at which a change of a key comes into force: the next reload, or the next start of the node. Parameters
 * that members must agree on are in no settings file but in genesis.json, and never change.
 */
export type KeyEffect = 'live' | 'restart';

/** The services of a member that run by settings. */
export type SettledService = 'config' | 'signer' | 'gateway' | 'consensus';

/** One key of conf.yaml, with the facts that a person and a reload need. */
export interface SettingKey {
  /** The key with its path in the file: `logging.level`. */
  readonly key: string;
  readonly effect: KeyEffect;
  /** The services that use it, and take part in the reload that changes it. */
  readonly services: readonly SettledService[];
  /** Its value for a person. Never a secret. */
  readonly text: (node: NodeConfiguration) => string;
  readonly isSame: (a: NodeConfiguration, b: NodeConfiguration) => boolean;
}

const EVERYBODY: readonly SettledService[] = ['config', 'signer', 'gateway', 'consensus'];
/** Not the signer: the process with the key calls nobody, unless its own variable says so. */
const TRACED: readonly SettledService[] = ['gateway', 'consensus'];

/** Every key of conf.yaml, in the order of the file. */
export const KEY_TABLE: readonly SettingKey[] = [
  {
    key: 'node.private_key',
    effect: 'restart',
    services: ['gateway', 'consensus'],
    text: ({ identity }) => `[hidden] of peer ${identity.peerId}`,
    isSame: (a, b) => a.identity.equals(b.identity),
  },
  key('network.addresses', 'live', ['gateway', 'consensus'], ({ networkAddresses }) =>
    networkAddresses.join(', '),
  ),
  key('peers.connection_timeout', 'live', ['gateway'], (node) => goDuration(node.connectionTimeoutMs)),
  key('peers.exchange_interval', 'live', ['gateway'], (node) => goDuration(node.exchangeIntervalMs)),
  key('peers.delinquent_timeout', 'live', ['gateway'], (node) => goDuration(node.delinquentTimeoutMs)),
  key('logging.level', 'live', EVERYBODY, ({ logging }) => logging.level),
  key('logging.format', 'live', EVERYBODY, ({ logging }) => logging.format),
  key('logging.console_output', 'live', EVERYBODY, ({ logging }) => String(logging.consoleOutput)),
  key('logging.console_color', 'live', EVERYBODY, ({ logging }) => String(logging.consoleColor)),
  key('logging.file_output', 'live', EVERYBODY, ({ logging }) => String(logging.fileOutput)),
  key('logging.file_name', 'live', EVERYBODY, ({ logging }) => logging.fileName),
  key('logging.file_max_size', 'live', EVERYBODY, ({ logging }) => sizeText(logging.fileSizeBytesMax)),
  key('logging.file_max_count', 'live', EVERYBODY, ({ logging }) => String(logging.fileCountMax)),
  key('services.client_address', 'restart', ['consensus'], ({ services }) => services.clientAddress),
  key('services.client_tls_cert', 'restart', ['consensus'], ({ services }) => services.clientTlsCert),
  key('services.client_tls_key', 'restart', ['consensus'], ({ services }) => services.clientTlsKey),
  key('services.client_tls_ca', 'restart', ['consensus'], ({ services }) => services.clientTlsCa),
  key(
    'services.signer_address',
    'restart',
    ['signer', 'consensus'],
    ({ services }) => services.signerAddress,
  ),
  {
    key: 'services.nats_url',
    effect: 'restart',
    services: ['config', 'gateway', 'consensus'],
    text: ({ services }) => withoutPassword(services.natsUrl),
    isSame: (a, b) => a.services.natsUrl === b.services.natsUrl,
  },
  key('metrics.enabled', 'restart', EVERYBODY, ({ metrics }) => String(metrics.enabled)),
  key('metrics.address', 'restart', EVERYBODY, ({ metrics }) => metrics.address),
  key('tracing.endpoint', 'restart', TRACED, ({ tracing }) => tracing.endpoint),
  key('tracing.sample', 'restart', TRACED, ({ tracing }) => String(tracing.sample)),
  key('events.transactions', 'restart', ['consensus'], ({ events }) => String(events.transactions)),
];

/** A key that is the same when its text is. */
function key(
  name: string,
  effect: KeyEffect,
  services: readonly SettledService[],
  text: (node: NodeConfiguration) => string,
): SettingKey {
  return { key: name, effect, services, text, isSame: (a, b) => text(a) === text(b) };
}

const BYTES_PER_KB = 1024;
const BYTES_PER_MB = 1024 * 1024;

function sizeText(bytes: number): string {
  return bytes % BYTES_PER_MB === 0 ? `${bytes / BYTES_PER_MB}MB` : `${bytes / BYTES_PER_KB}kB`;
}

/** A URL of a server may hold a user and a password or a token. */
function withoutPassword(url: string): string {
  return url.replaceAll(/\/\/[^/@,]*@/g, '//[hidden]@');
}
