import type { LogLevel } from '#libs/log/log-level.ts';
import { parseFileSize } from './file-size.ts';
import { isHostPort } from './host-port.ts';
import { DURATION_MS_MAX, LOG_FILE_COUNT_MAX, NETWORK_ADDRESSES_MAX } from './limits.ts';
import type { LogFormat } from './node-configuration.ts';

// Each rule returns the problem, in the words of test/requirements/texts.md 2.2, or undefined when there is none.

const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies readonly LogLevel[];
const LOG_FORMATS: readonly string[] = ['json', 'text'] satisfies readonly LogFormat[];
const DURATION_MS_MIN = 1_000;

/** The eight families of listen addresses. Whether one can be bound shows only when the gateway tries. */
const ADDRESS_PATTERNS = [
  /^\/ip4\/[\d.]+\/tcp\/\d+$/,
  /^\/ip6\/.+\/tcp\/\d+$/,
  /^\/dns4\/.+\/tcp\/\d+$/,
  /^\/dns6\/.+\/tcp\/\d+$/,
  /^\/ip4\/[\d.]+\/udp\/\d+\/quic$/,
  /^\/ip6\/.+\/udp\/\d+\/quic$/,
  /^\/dns4\/.+\/udp\/\d+\/quic$/,
  /^\/dns6\/.+\/udp\/\d+\/quic$/,
];

/** The form of a `host:port` that only this machine can reach. */
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/;

/** A plain name: no directory, not `.` or `..`, no control character (LOG-18, P2P-45). */
const FILE_NAME = /^(?!\.{1,2}$)[^/\\\p{Cc}]{1,255}$/u;

export function networkProblem(addresses: readonly string[]): string | undefined {
  if (addresses.length === 0) return 'network.addresses cannot be empty';
  if (addresses.length > NETWORK_ADDRESSES_MAX) {
    return `network.addresses must have at most ${NETWORK_ADDRESSES_MAX} entries`;
  }
  for (const [index, address] of addresses.entries()) {
    const problem = addressProblem(address);
    if (problem !== undefined) return `invalid address at index ${index}: ${problem}`;
  }
  return undefined;
}

export function durationProblem(path: string, milliseconds: number): string | undefined {
  if (milliseconds < DURATION_MS_MIN) return `${path} must be at least 1 second`;
  if (milliseconds > DURATION_MS_MAX) return `${path} must be at most 24 hours`;
  return undefined;
}

export interface LoggingTexts {
  readonly level: string;
  readonly format: string;
  readonly fileOutput: boolean;
  readonly fileName: string;
  readonly fileMaxSize: string;
  readonly fileMaxCount: string;
}

export function loggingProblem(logging: LoggingTexts): string | undefined {
  if (!isLogLevel(logging.level)) return `logging.level must be one of: ${LOG_LEVELS.join(', ')}`;
  if (!isLogFormat(logging.format)) return `logging.format must be one of: ${LOG_FORMATS.join(', ')}`;
  if (logging.fileOutput && logging.fileName === '') {
    return 'logging.file_name is required when file_output is true';
  }
  if (logging.fileName !== '' && !FILE_NAME.test(logging.fileName)) {
    return 'logging.file_name must be a plain file name without a directory';
  }
  const size = logging.fileMaxSize === '' ? undefined : parseFileSize(logging.fileMaxSize);
  if (size !== undefined && 'problem' in size) return `logging.file_max_size format error: ${size.problem}`;
  return fileCountProblem(logging.fileMaxCount);
}

function fileCountProblem(text: string): string | undefined {
  if (text === '' || (/^\d{1,4}$/.test(text) && Number(text) <= LOG_FILE_COUNT_MAX)) return undefined;
  return `logging.file_max_count is ${text}: take a whole number from 0 to ${LOG_FILE_COUNT_MAX}; 0 keeps every rotated file`;
}

export interface ServicesTexts {
  readonly clientAddress: string;
  readonly signerAddress: string;
  readonly clientTlsCert: string;
  readonly clientTlsKey: string;
  readonly clientTlsCa: string;
  readonly natsUrl: string;
}

export function servicesProblem(services: ServicesTexts): string | undefined {
  const { clientAddress, signerAddress, natsUrl } = services;
  const cure = 'must be host:port with a port from 1 to 65535, such as 127.0.0.1:7101 or [::1]:7101';
  if (!isHostPort(clientAddress)) return `services.client_address ${cure}`;
  if (!isHostPort(signerAddress)) return `services.signer_address ${cure}`;
  if (clientAddress === signerAddress)
    return 'services.signer_address must differ from services.client_address';
  if (natsUrl !== '' && !isNatsUrl(natsUrl)) {
    return 'services.nats_url must be a URL such as nats://127.0.0.1:4222, or empty';
  }
  return clientTlsProblem(services);
}

/** Plain text is for this machine only: elsewhere a client could not know which server answers. */
function clientTlsProblem(services: ServicesTexts): string | undefined {
  const { clientAddress, clientTlsCert, clientTlsKey, clientTlsCa } = services;
  if ((clientTlsCert === '') !== (clientTlsKey === '')) {
    return 'services.client_tls_cert and services.client_tls_key need each other: set both or none';
  }
  for (const [key, path] of [
    ['client_tls_cert', clientTlsCert],
    ['client_tls_key', clientTlsKey],
    ['client_tls_ca', clientTlsCa],
  ] as const) {
    if (path.split('/').includes('..') || /\p{Cc}/u.test(path)) {
      return `services.${key} must be a path without ".."`;
    }
  }
  if (clientTlsCa !== '' && clientTlsCert === '') {
    return 'services.client_tls_ca needs services.client_tls_cert and services.client_tls_key: without TLS no client shows a certificate';
  }
  if (clientTlsCert !== '' || LOOPBACK.test(clientAddress)) return undefined;
  return `services.client_address ${clientAddress} is not on loopback: set services.client_tls_cert and services.client_tls_key, or take 127.0.0.1`;
}

export function isLogLevel(text: string): text is LogLevel {
  return LOG_LEVELS.includes(text);
}

export function isLogFormat(text: string): text is LogFormat {
  return LOG_FORMATS.includes(text);
}

function addressProblem(address: string): string | undefined {
  if (address === '') return 'address cannot be empty';
  if (!address.startsWith('/')) return "multiaddr must start with '/'";
  if (ADDRESS_PATTERNS.some((pattern) => pattern.test(address))) return undefined;
  return `unsupported multiaddr format: ${address}`;
}

/** One URL, or several behind commas. */
function isNatsUrl(text: string): boolean {
  return text.split(',').every((one) => /^(?:nats|tls):\/\/./.test(one) && URL.canParse(one));
}
