import { type Check, check } from './doctor-check.ts';
import type { FileFacts, FolderFacts } from './machine-facts.ts';

/** A sync of these promises nothing, or promises it to another machine; or their files vanish with the machine. */
const REFUSED_FILE_SYSTEMS = ['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'tmpfs', 'ramfs', 'overlay', 'fuse.sshfs'];
const TRUSTED_FILE_SYSTEMS = ['ext4', 'ext3', 'xfs', 'btrfs', 'zfs', 'f2fs'];
const OTHERS_MAY = 0o077;
/** Months of audit rows, and the write-ahead log. */
const FREE_BYTES_MIN = 1_000_000_000;

/** Judges the folder of a signer, and the disk that it is on. */
export function judgeFolder(folder: FolderFacts): readonly Check[] {
  return [
    fileSystem(folder),
    barriers(folder),
    ...folder.files.map(fileMode),
    space(folder),
    mirror(folder),
    seal(folder),
  ];
}

function fileSystem({ fileSystem: type, path }: FolderFacts): Check {
  const verdict = verdictOf(type);
  const cure = `move ${path} to a local disk with ext4 or xfs: what is synced there must outlive a power cut`;
  return check('file system', verdict, type ?? 'unknown', cure);
}

function verdictOf(type: string | undefined): Check['verdict'] {
  if (type === undefined) return 'warning';
  if (REFUSED_FILE_SYSTEMS.includes(type)) return 'failure';
  return TRUSTED_FILE_SYSTEMS.includes(type) ? 'ok' : 'warning';
}

function barriers({ mountOptions }: FolderFacts): Check {
  const off = mountOptions.filter((option) => ['nobarrier', 'barrier=0', 'async-unsafe'].includes(option));
  const found = off.length === 0 ? 'on' : off.join(', ');
  return check(
    'write barriers',
    off.length === 0 ? 'ok' : 'failure',
    found,
    'mount without it: a sync must reach the disk',
  );
}

function fileMode({ path, mode, isOwn }: FileFacts): Check {
  const found = `${path} ${mode.toString(8)}`;
  if (!isOwn)
    return check(
      'owner',
      'failure',
      `${path} is of another user`,
      `chown it to the user of the signer: ${path}`,
    );
  const isPrivate = (mode & OTHERS_MAY) === 0;
  return check(
    'mode',
    isPrivate ? 'ok' : 'failure',
    found,
    `chmod go= ${path}, and ask who may have read it`,
  );
}

function space({ freeBytes }: FolderFacts): Check {
  const found = `${Math.floor(freeBytes / 1_000_000)} MB free`;
  return check(
    'space',
    freeBytes >= FREE_BYTES_MIN ? 'ok' : 'warning',
    found,
    'make room: a full disk stops the signer',
  );
}

function mirror({ isMirrorBeside }: FolderFacts): Check {
  if (isMirrorBeside === undefined)
    return check('mirror', 'failure', 'missing', 'without it the key goes into quarantine');
  const found = isMirrorBeside ? 'on the disk of the record' : 'on another disk';
  const cure =
    'copy it to another disk while the signer is stopped, and name the copy by SIGNER_MIRROR_FILE for "btcfed node", or by ' +
    'SIGNER_CORE_MIRROR_FILE for a core with units of its own: a restored snapshot of this disk takes the mirror with it';
  return check('mirror', isMirrorBeside ? 'warning' : 'ok', found, cure);
}

function seal({ key }: FolderFacts): Check {
  if (key === undefined) return check('key', 'failure', 'missing', 'put signer.key back');
  const found = { plain: 'not encrypted', sealed: 'encrypted', token: 'in a token' }[key];
  return check('key', key === 'plain' ? 'warning' : 'ok', found, 'run btcfed signer seal');
}
