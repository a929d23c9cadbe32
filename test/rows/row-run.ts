import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { EndedTest } from './reporter.ts';
import { namesRow, testsOfRow } from './row-tests.ts';

/** One test; far above what any takes that names a row. */
const TEST_MS_MAX = 240_000;
/** All tests of a row. */
const ROW_MS_MAX = 20 * 60_000;

/** Runs the tests that name a row, and no other, in the tree below `root`. */
export function runRow(root: string, row: string): readonly EndedTest[] {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(
    process.execPath,
    [
      '--test',
      '--test-concurrency=1',
      `--test-timeout=${TEST_MS_MAX}`,
      `--test-reporter=${join(import.meta.dirname, 'reporter.ts')}`,
      `--test-name-pattern=/${namesRow(row).source}/`,
      ...testsOfRow(root, row),
    ],
    { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28, timeout: ROW_MS_MAX },
  );
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line): EndedTest => JSON.parse(line));
}
