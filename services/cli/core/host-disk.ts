import { tenths } from '#services/launcher/core/percentile.ts';
import { type Check, check } from './doctor-check.ts';
import { type DiskFacts, FREE_BYTES_COMFORT, judgeDisk, judgeSpace } from './doctor-disk.ts';

/** A folder of a node, and the disk that it is on. */
export interface NodeFolderFacts extends DiskFacts {
  readonly of: 'the data' | 'the logs';
  /** Undefined where the file system counts none. */
  readonly inodesFree: number | undefined;
  /** Bytes that the rotated logs may take; 0 for the data, and where all logs are kept. */
  readonly logBytesMax: number;
}

/** How long a small write takes until the disk has it. */
export type SyncTimes =
  | { readonly samples: number; readonly medianMs: number; readonly worstMs: number }
  | { readonly fault: string };

/** The time that the protocol leaves for syncs. */
export interface SyncNeed {
  readonly votings: number;
  readonly viewTimeoutMs: number;
}

const LEAST_BYTES = { 'the data': 100_000_000, 'the logs': 20_000_000 } as const;
const LOGS_COMFORT_BYTES = 100_000_000;
/** Chain, record and logs are some dozen files; a disk with so few left is filled by something else. */
const INODES_COMFORT = 10_000;
const INODES_LEAST = 100;
/** A view is given ten times the time of its signatures (`services/launcher/core/view-timeout.ts`). */
const SHARE_COMFORT = 0.1;
const SHARE_MAX = 0.5;

/** Judges free space and inodes of a folder, and of the data whether its disk keeps what is synced. */
export function judgeNodeFolder(folder: NodeFolderFacts): readonly Check[] {
  const { of, path, logBytesMax } = folder;
  const isData = of === 'the data';
  const use = `"du -xh --max-depth=2 ${path} | sort -h" shows what fills it`;
  const comfortBytes = isData ? FREE_BYTES_COMFORT : Math.max(LOGS_COMFORT_BYTES, logBytesMax);
  const cure = isData
    ? `make room, a full disk stops the node: ${use}`
    : `make room, or keep fewer (logging.file_max_count in conf.yaml, then "btcfed config reload"): ${use}`;
  return [
    ...(isData ? judgeDisk(folder, of) : []),
    judgeSpace(folder, { comfortBytes, leastBytes: LEAST_BYTES[of], cure }, of),
    inodes(folder),
  ];
}

function inodes({ of, path, inodesFree }: NodeFolderFacts): Check {
  const name = `inodes of ${of}`;
  if (inodesFree === undefined) return check(name, 'ok', 'not counted by this file system', '');
  const cure = `remove files that nobody needs: "du --inodes -x --max-depth=2 $(findmnt -n -o TARGET --target ${path})" counts them`;
  const found = `${inodesFree} free`;
  if (inodesFree < INODES_LEAST) return check(name, 'failure', found, cure);
  return check(name, inodesFree >= INODES_COMFORT ? 'ok' : 'warning', found, cure);
}

/**
 * Judges synced writes against the shortest view. Each vote is synced twice before it leaves, by consensus and by the
 * signer (DECISIONS 9), and the decision once.
 */
export function judgeSync(sync: SyncTimes, { votings, viewTimeoutMs }: SyncNeed, path: string): Check {
  const name = 'synced write';
  if ('fault' in sync)
    return check(
      name,
      'warning',
      `unknown: ${sync.fault}`,
      'run "btcfed doctor" as the user of the node: it writes a small file there and takes it away again',
    );
  const { samples, medianMs, worstMs } = sync;
  const syncs = 2 * votings + 1;
  const decisionMs = syncs * medianMs;
  const found =
    `median ${tenths(medianMs)} ms, worst ${tenths(worstMs)} ms of ${samples} in ${path}; the ${syncs} of a decision take ` +
    `${tenths(decisionMs)} ms, a view may take ${viewTimeoutMs} ms`;
  const cure = `take a disk of its own, or a faster one: "findmnt --target ${path}" shows the present one, "vmstat 1" whether others write`;
  if (decisionMs > SHARE_MAX * viewTimeoutMs) return check(name, 'failure', found, cure);
  return check(name, decisionMs > SHARE_COMFORT * viewTimeoutMs ? 'warning' : 'ok', found, cure);
}
