import { closeSync, constants, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { percentile } from '#services/launcher/core/percentile.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';
import type { SyncTimes } from '../core/host-disk.ts';

/** A page of the databases. */
const PAGE = new Uint8Array(4_096).fill(7);
const SAMPLES_MAX = 50;
const BUDGET_MS = 500;
const FILE_MODE = 0o600;
const MEDIAN = 50;

/** Measures synced writes of a page at the end of a file of its own in this folder, which is removed again. */
export function syncCost(folder: string): SyncTimes {
  const path = join(folder, `.doctor-${process.pid}.tmp`);
  try {
    const samples = timed(path);
    const median = percentile(samples, MEDIAN) ?? 0;
    return { samples: samples.length, medianMs: median, worstMs: Math.max(...samples) };
  } catch (error) {
    return { fault: `${folder}: ${fileReason(error)}` };
  }
}

function timed(path: string): readonly number[] {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, FILE_MODE);
  try {
    const samples: number[] = [];
    const end = performance.now() + BUDGET_MS;
    while (samples.length < SAMPLES_MAX && (samples.length === 0 || performance.now() < end)) {
      const start = performance.now();
      writeSync(file, PAGE);
      fdatasyncSync(file);
      samples.push(performance.now() - start);
    }
    return samples;
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}
