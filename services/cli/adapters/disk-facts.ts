import { statfsSync, statSync } from 'node:fs';
import type { DiskFacts } from '../core/doctor-disk.ts';
import { textOfFile } from './text-of-file.ts';

/** The facts of the disk that holds a folder, which must be there. */
export function diskFacts(folder: string): DiskFacts {
  const { bavail, bsize } = statfsSync(folder);
  return { ...mountOf(folder), path: folder, freeBytes: bavail * bsize };
}

/** The facts of the mount that holds the folder. The kernel lists mounts by the number of the device. */
function mountOf(folder: string): Pick<DiskFacts, 'fileSystem' | 'mountOptions'> {
  const { dev } = statSync(folder, { bigint: true });
  const device = `${(dev >> 8n) & 0xfffn}:${(dev & 0xffn) | ((dev >> 12n) & 0xfff00n)}`;
  const lines = (textOfFile('/proc/self/mountinfo') ?? '').split('\n').map((line) => line.split(' '));
  const found = lines.filter((fields) => fields[2] === device).at(-1);
  const dash = found?.indexOf('-') ?? -1;
  if (found === undefined || dash < 0) return { fileSystem: undefined, mountOptions: [] };
  const options = [found[5] ?? '', found[dash + 3] ?? ''].flatMap((each) => each.split(','));
  return { fileSystem: found[dash + 1], mountOptions: options };
}
