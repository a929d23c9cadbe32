import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../..', import.meta.url);

/** Tracked files, as paths from the root of the repository; undefined where this is no checkout of git. */
export function trackedFiles(): readonly string[] | undefined {
  const git = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', timeout: 120_000 });
  if (git.status !== 0) return undefined;
  return git.stdout.split('\0').filter((file) => file !== '' && existsSync(new URL(file, ROOT)));
}

export function readTracked(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8');
}

/** Whether a file is text that people write. */
export function isWritten(file: string): boolean {
  return file !== 'package-lock.json' && !/\.(?:binpb|png|ico|gz|zip|db|bin|der)$/.test(file);
}

/** Tools that are about rows, and prove none. */
const ABOUT_ROWS = /^test\/(?:rows|requirements)\//;

/** Texts of all tests by file, those included that run on their own (`test/long`, `test/e2e`). */
export function testTexts(files: readonly string[]): ReadonlyMap<string, string> {
  const tests = files
    .filter((file) => file.endsWith('.test.ts') || /^test\/.+\.ts$/.test(file))
    .filter((file) => !ABOUT_ROWS.test(file));
  return new Map(tests.map((file) => [file, readTracked(file)]));
}
