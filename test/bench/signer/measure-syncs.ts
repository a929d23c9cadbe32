import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** Five pages of a write-ahead log with their heads, as one record of the signer writes. */
const RECORD_BYTES = 5 * (4_096 + 24);
const SAMPLES = 50;

/** The cost of a disk sync of a record here, in milliseconds: no durable signer can be faster. */
export function measureSyncs(): readonly number[] {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-bench-sync-'));
  const file = openSync(join(folder, 'log'), 'w');
  try {
    const content = Buffer.alloc(RECORD_BYTES, 1);
    return Array.from({ length: SAMPLES }, () => {
      const start = performance.now();
      writeSync(file, content);
      fsyncSync(file);
      return performance.now() - start;
    });
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}
