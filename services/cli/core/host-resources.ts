import { type Check, check } from './doctor-check.ts';

/** Bytes of memory. */
export interface MemoryFacts {
  readonly totalBytes: number;
  /** For new work, without swapping. */
  readonly availableBytes: number;
  /** Held by this node already. */
  readonly ownBytes: number;
}

/** The smallest limit of open files among the processes that were seen. */
export interface OpenFileFacts {
  /** Undefined: it could not be found out. */
  readonly limit: number | undefined;
  /** A process of the node; undefined: the limit is that of this command. */
  readonly pid: number | undefined;
}

const MEBIBYTE = 1_048_576;
/** The four services after ten minutes of load (BENCHMARKS.md "What load and liars cost"). */
const NODE_BYTES = 640 * MEBIBYTE;
const COMFORT_BYTES = 2 * NODE_BYTES;
/** The client API has 1,024 connections, and never more than half of the descriptors (`services/consensus/adapters/client/limits.ts`). */
export const OPEN_FILES_COMFORT = 2_048;
/** Databases, logs, sockets of the other services and the runtime. */
const OPEN_FILES_BASE = 128;

/** Judges whether the four services fit into memory, those that run already counted in. */
export function judgeMemory({ totalBytes, availableBytes, ownBytes }: MemoryFacts): Check {
  const roomBytes = availableBytes + ownBytes;
  const own = ownBytes === 0 ? '' : `, ${mib(ownBytes)} MiB held by this node`;
  const found = `${mib(availableBytes)} of ${mib(totalBytes)} MiB available${own}; the four services take ${mib(NODE_BYTES)} MiB under load`;
  const cure =
    '"ps -eo rss,pid,comm --sort=-rss | head" shows what holds it: stop that, or give the machine more';
  if (roomBytes < NODE_BYTES) return check('memory', 'failure', found, cure);
  return check('memory', roomBytes < COMFORT_BYTES ? 'warning' : 'ok', found, cure);
}

/** @param members - Of the federation: a connection to each. */
export function judgeOpenFiles({ limit, pid }: OpenFileFacts, members: number): Check {
  const whose = pid === undefined ? 'of this command; a unit has its own' : `of process ${pid} of this node`;
  const cure = `LimitNOFILE=${2 * OPEN_FILES_COMFORT} by "systemctl edit btcfed-node", or "ulimit -n ${2 * OPEN_FILES_COMFORT}" before "btcfed node"`;
  if (limit === undefined) return check('open files', 'warning', 'unknown', cure);
  const found = `${Number.isFinite(limit) ? limit : 'unlimited'} (${whose})`;
  if (limit < members + OPEN_FILES_BASE) return check('open files', 'failure', found, cure);
  return check('open files', limit < OPEN_FILES_COMFORT ? 'warning' : 'ok', found, cure);
}

/** One core signs for the services that wait for it, and the threads of all of them share it. */
export function judgeCores(cores: number): Check {
  const cure =
    'give the machine two or more: "btcfed sim --model latency --members 4 --network 1gbit" shows how long decisions take';
  return check('cores', cores > 1 ? 'ok' : 'warning', `${cores} for this process`, cure);
}

function mib(bytes: number): number {
  return Math.floor(bytes / MEBIBYTE);
}
