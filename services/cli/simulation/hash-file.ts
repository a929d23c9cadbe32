import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { SeedHash } from '#libs/simulation/campaign/task.ts';
import { unusable } from '#services/launcher/words/errors.ts';

/** Empties or makes the file, before hours of work turn out to have no place. @throws CliError. */
export function openHashFile(path: string): void {
  try {
    closeSync(openSync(path, 'w'));
  } catch (error) {
    throw unusable(`--trace-hashes: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A line for each seed: its number and the hash of its run. */
export function writeHashFile(path: string, hashes: readonly SeedHash[]): void {
  writeFileSync(path, hashes.map(({ seed, traceHash }) => `${seed} ${traceHash}\n`).join(''));
}
