import { type Check, check } from './doctor-check.ts';

/** The folder that is judged, and the disk that it is on. */
export interface DiskFacts {
  readonly path: string;
  /** The name that the kernel gives it, such as ext4; undefined: it could not be found out. */
  readonly fileSystem: string | undefined;
  /** Options that it is mounted with; none: they could not be found out. */
  readonly mountOptions: readonly string[];
  readonly freeBytes: number;
}

/** Room that a folder needs on its disk. */
export interface SpaceNeed {
  /** Below this it is a warning. */
  readonly comfortBytes: number;
  /** Below this it is a failure; left out: never. */
  readonly leastBytes?: number;
  readonly cure: string;
}

/** A sync of these promises nothing, or promises it to another machine; or their files vanish with the machine. */
const REFUSED_FILE_SYSTEMS = ['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'tmpfs', 'ramfs', 'overlay', 'fuse.sshfs'];
const TRUSTED_FILE_SYSTEMS = ['ext4', 'ext3', 'xfs', 'btrfs', 'zfs', 'f2fs'];
/** Months of audit rows or of small blocks, and the write-ahead log. */
export const FREE_BYTES_COMFORT = 1_000_000_000;
const MEGABYTE = 1_000_000;

/**
 * Judges whether what is synced to this disk outlives a power cut.
 * @param of - The folder in the names of the checks, as in `file system of the data`; left out: there is one alone.
 */
export function judgeDisk(disk: DiskFacts, of?: string): readonly Check[] {
  return [fileSystem(disk, of), barriers(disk, of)];
}

/** Judges the free space of a folder; `of` as in `judgeDisk`. */
export function judgeSpace(
  { freeBytes }: Pick<DiskFacts, 'freeBytes'>,
  { comfortBytes, leastBytes = 0, cure }: SpaceNeed,
  of?: string,
): Check {
  const found = `${Math.floor(freeBytes / MEGABYTE)} MB free`;
  if (freeBytes < leastBytes) return check(nameOf('space', of), 'failure', found, cure);
  return check(nameOf('space', of), freeBytes >= comfortBytes ? 'ok' : 'warning', found, cure);
}

function fileSystem({ fileSystem: type, path }: DiskFacts, of?: string): Check {
  const verdict = verdictOf(type);
  const cure =
    `move ${path} to a local disk with ext4 or xfs ("findmnt --target ${path}" shows the present one): what is synced ` +
    'there must outlive a power cut';
  return check(nameOf('file system', of), verdict, type ?? 'unknown', cure);
}

function verdictOf(type: string | undefined): Check['verdict'] {
  if (type === undefined) return 'warning';
  if (REFUSED_FILE_SYSTEMS.includes(type)) return 'failure';
  return TRUSTED_FILE_SYSTEMS.includes(type) ? 'ok' : 'warning';
}

function barriers({ mountOptions, path }: DiskFacts, of?: string): Check {
  if (mountOptions.length === 0) {
    const cure = `"findmnt --target ${path}" shows how it is mounted: with nobarrier a sync does not reach the disk`;
    return check(nameOf('write barriers', of), 'warning', 'unknown', cure);
  }
  const off = mountOptions.filter((option) => ['nobarrier', 'barrier=0', 'async-unsafe'].includes(option));
  const found = off.length === 0 ? 'on' : off.join(', ');
  return check(
    nameOf('write barriers', of),
    off.length === 0 ? 'ok' : 'failure',
    found,
    `take it out of /etc/fstab and mount again ("findmnt --target ${path}" shows what is mounted): a sync must reach the disk`,
  );
}

function nameOf(name: string, of: string | undefined): string {
  return of === undefined ? name : `${name} of ${of}`;
}
