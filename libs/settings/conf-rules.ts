import type { LogLevel } from '#libs/log/log-level.ts';
import type { ConfFault } from './conf-fault.ts';
import { parseFileSize } from './file-size.ts';
import { DURATION_MS_MAX, LOG_FILE_COUNT_MAX, NETWORK_ADDRESSES_MAX } from './limits.ts';
import type { LogFormat } from './node-configuration.ts';

// Each rule returns the fault, in the words of test/requirements/texts.md 2.2, or undefined when there is none.

const ADDRESS_CURE = 'write it as /ip4/0.0.0.0/tcp/9000, also with ip6, dns4 or dns6, and without a peer id';

const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies readonly LogLevel[];
const LOG_FORMATS: readonly string[] = ['json', 'text'] satisfies readonly LogFormat[];
const DURATION_MS_MIN = 1_000;

/** The gateway itself gives up a silent connection only after 4 s, so a shorter time would mark peers that are well. */
const DELINQUENT_MS_MIN = 5_000;

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

/** A plain name: no directory, not `.` or `..`, no control character (LOG-18, P2P-45). */
const FILE_NAME = /^(?!\.{1,2}$)[^/\\\p{Cc}]{1,255}$/u;

export function networkProblem(addresses: readonly string[]): ConfFault | undefined {
  const key = 'network.addresses';
  if (addresses.length === 0) {
    const cure = 'list one at least, such as "- /ip4/0.0.0.0/tcp/9000"';
    return { key, text: `${key} cannot be empty`, cure, isHidden: true };
  }
  if (addresses.length > NETWORK_ADDRESSES_MAX) {
    const text = `${key} must have at most ${NETWORK_ADDRESSES_MAX} entries`;
    return { key, text, cure: `it has ${addresses.length}: remove some`, isHidden: true };
  }
  for (const [index, address] of addresses.entries()) {
    const problem = addressProblem(address);
    if (problem === undefined) continue;
    const text = `invalid address at index ${index}: ${problem}`;
    const hidden = text.endsWith(address) && address !== '' ? ({ isHidden: true } as const) : {};
    return { key: `${key}[${index}]`, text, cure: ADDRESS_CURE, ...hidden };
  }
  return undefined;
}

/** The times of the section `peers` in milliseconds; undefined where the file leaves an optional one out. */
export interface PeersTimes {
  readonly connectionTimeoutMs: number;
  readonly exchangeIntervalMs: number | undefined;
  readonly delinquentTimeoutMs: number | undefined;
}

export function peersProblem(times: PeersTimes): ConfFault | undefined {
  const { connectionTimeoutMs, exchangeIntervalMs, delinquentTimeoutMs } = times;
  return (
    durationProblem('peers.connection_timeout', connectionTimeoutMs, DURATION_MS_MIN) ??
    durationProblem('peers.exchange_interval', exchangeIntervalMs, DURATION_MS_MIN) ??
    durationProblem('peers.delinquent_timeout', delinquentTimeoutMs, DELINQUENT_MS_MIN)
  );
}

/** @param msMin - Whole seconds. */
function durationProblem(key: string, ms: number | undefined, msMin: number): ConfFault | undefined {
  if (ms === undefined) return undefined;
  const cure = 'write for example 10s';
  const least = msMin === DURATION_MS_MIN ? '1 second' : `${msMin / 1000} seconds`;
  if (ms < msMin) return { key, text: `${key} must be at least ${least}`, cure };
  if (ms > DURATION_MS_MAX) return { key, text: `${key} must be at most 24 hours`, cure };
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

export function loggingProblem(logging: LoggingTexts): ConfFault | undefined {
  if (!isLogLevel(logging.level)) return choiceFault('logging.level', LOG_LEVELS);
  if (!isLogFormat(logging.format)) return choiceFault('logging.format', LOG_FORMATS);
  return fileNameFault(logging) ?? fileSizeFault(logging) ?? fileCountFault(logging);
}

function choiceFault(key: string, words: readonly string[]): ConfFault {
  return { key, text: `${key} must be one of: ${words.join(', ')}` };
}

function fileNameFault({ fileOutput, fileName }: LoggingTexts): ConfFault | undefined {
  const key = 'logging.file_name';
  if (fileOutput && fileName === '') {
    return { key, text: `${key} is required when file_output is true`, cure: 'write for example node.log' };
  }
  if (fileName === '' || FILE_NAME.test(fileName)) return undefined;
  return {
    key,
    text: `${key} must be a plain file name without a directory`,
    cure: 'write for example node.log',
  };
}

function fileSizeFault({ fileMaxSize }: LoggingTexts): ConfFault | undefined {
  const key = 'logging.file_max_size';
  const size = fileMaxSize === '' ? undefined : parseFileSize(fileMaxSize);
  if (size === undefined || !('problem' in size)) return undefined;
  return {
    key,
    text: `${key} format error: ${size.problem}`,
    cure: 'write for example 10MB or 512kB',
    isHidden: true,
  };
}

function fileCountFault({ fileMaxCount }: LoggingTexts): ConfFault | undefined {
  const key = 'logging.file_max_count';
  const isCount = /^\d{1,4}$/.test(fileMaxCount) && Number(fileMaxCount) <= LOG_FILE_COUNT_MAX;
  if (fileMaxCount === '' || isCount) return undefined;
  const text = `${key} must be a whole number from 0 to ${LOG_FILE_COUNT_MAX}`;
  return { key, text, cure: 'write for example 10; 0 keeps every rotated file' };
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
