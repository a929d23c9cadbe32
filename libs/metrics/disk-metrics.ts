import { statfs } from 'node:fs/promises';
import type { Metrics } from './metrics.ts';

/** The part of an answer of the file system that is shown. */
interface DiskFacts {
  readonly bavail: number;
  readonly blocks: number;
  readonly bsize: number;
}

/**
 * The room on the disks of the folders that a service writes to, asked for at each scrape. A disk that gives no answer has no
 * value, and is not asked again before it has: each question holds a thread of the process.
 * @param folders - Paths by a word for their content, which is the label.
 */
export function diskMetrics(
  metrics: Metrics,
  folders: Readonly<Record<string, string>>,
  ask: (path: string) => Promise<DiskFacts> = statfs,
): void {
  const labels = ['folder'];
  const available = metrics.gauge('btcfed_disk_available_bytes', {
    help: 'Bytes that the service may still write on the disk of a folder. Absent while the disk does not answer.',
    labels,
  });
  const size = metrics.gauge('btcfed_disk_size_bytes', { help: 'Size of the disk of a folder.', labels });
  const known = new Map<string, DiskFacts>();
  const asked = new Set<string>();
  const look = async (folder: string, path: string): Promise<void> => {
    if (asked.has(folder)) return void known.delete(folder);
    asked.add(folder);
    try {
      known.set(folder, await ask(path));
    } catch {
      // The alert for a disk that is nearly full must not go on with the last value of one that is gone.
      known.delete(folder);
    } finally {
      asked.delete(folder);
    }
  };
  const show = (): void => {
    available.clear();
    size.clear();
    for (const [folder, { bavail, blocks, bsize }] of known) {
      available.set(bavail * bsize, { folder });
      size.set(blocks * bsize, { folder });
    }
  };
  metrics.onScrape(async () => {
    const looks = Object.entries(folders).map(([folder, path]) => look(folder, path));
    show();
    await Promise.all(looks);
    show();
  });
}
