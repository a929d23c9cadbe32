import { statfsSync } from 'node:fs';
import { diskFault } from './database-error.ts';

const MIB = 1024 * 1024;

/**
 * @throws DatabaseError `DATABASE_DISK` where the disk of a folder has less room: a service that starts there would answer,
 * and end with its first write.
 */
export function needRoom(folder: string, bytesMin: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytesMin) return;
  const text = `${(free / MIB).toFixed(1)} MiB are free there, ${(bytesMin / MIB).toFixed(1)} MiB are needed`;
  throw diskFault(folder, new Error(text));
}
