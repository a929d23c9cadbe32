import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { diskFault, isOfDisk } from '#libs/sqlite/database-error.ts';
import { needRoom } from '#libs/sqlite/disk-room.ts';
import { RECORD_ROOM_BYTES_MIN, RESERVE_BYTES } from '../words/limits.ts';

const NAME = 'signer.reserve';
const FILE_MODE = 0o600;

/**
 * Reserves room on the disk of the record (services/signer/README.md R6): when the disk is full the signer has
 * stopped, and its operator removes this file to have room for an export or a quarantine. On a disk without
 * that much room the signer does not start.
 * @throws DatabaseError `DATABASE_DISK`.
 */
export function reserveSpace(folder: string): void {
  const path = join(folder, NAME);
  if (statSync(path, { throwIfNoEntry: false })?.size === RESERVE_BYTES) return;
  const draft = `${path}.new`;
  try {
    written(draft);
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw isOfDisk(cause) ? diskFault(path, cause) : cause;
  }
}

/**
 * A signer that starts on a full disk would end with its first record: it stays down until there is room beside the reserve.
 * @throws DatabaseError `DATABASE_DISK`.
 */
export function needRoomToSign(folder: string): void {
  needRoom(folder, RECORD_ROOM_BYTES_MIN);
}

/** Writes are on disk at once: Node refuses to sync descriptors under --permission. */
const SYNCED = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC;

/** Random, because some file systems keep no zeros. */
function written(path: string): void {
  const file = openSync(path, SYNCED, FILE_MODE);
  try {
    const bytes = randomBytes(RESERVE_BYTES);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}
