import { type Check, check } from './doctor-check.ts';
import { FREE_BYTES_COMFORT, judgeDisk, judgeSpace } from './doctor-disk.ts';
import type { FileFacts, FolderFacts } from './machine-facts.ts';

const OTHERS_MAY = 0o077;
const SPACE = { comfortBytes: FREE_BYTES_COMFORT, cure: 'make room: a full disk stops the signer' };

/** Judges the folder of a signer, and the disk that it is on. */
export function judgeFolder(folder: FolderFacts): readonly Check[] {
  return [
    ...judgeDisk(folder),
    ...folder.files.map((file) => judgeFileMode(file)),
    judgeSpace(folder, SPACE),
    mirror(folder),
    seal(folder),
  ];
}

/**
 * Judges owner and mode of a file or folder that is for one user alone.
 * @param user - Whose it must be, in words.
 */
export function judgeFileMode({ path, mode, isOwn }: FileFacts, user = 'the signer'): Check {
  const found = `${path} ${mode.toString(8)}`;
  if (!isOwn)
    return check(
      'owner',
      'failure',
      `${path} is of another user`,
      `chown it to the user of ${user}: ${path}`,
    );
  const isPrivate = (mode & OTHERS_MAY) === 0;
  return check(
    'mode',
    isPrivate ? 'ok' : 'failure',
    found,
    `chmod go= ${path}, and ask who may have read it`,
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
