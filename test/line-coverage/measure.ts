import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { coverageOf, type FolderCoverage, linesByFile } from './lines.ts';
import { writeReport } from './report.ts';
import { LINES_MIN } from './thresholds.ts';
import { unloadedFiles } from './unloaded.ts';

/** Of the tests over real federations those that run the whole shell of each service, and end in minutes. */
const FEDERATIONS = 'test/e2e/{federation,members}.test.ts';
const ALL = ['{libs,services}/**/*.test.ts', 'test/{contract,integration}/**/*.test.ts', FEDERATIONS];

/** Far more than the tests take, on a machine that does other work. */
const TESTS_MS_MAX = 60 * 60_000;

export interface Measurement {
  readonly covered: readonly FolderCoverage[];
  /** Every test passed, and every folder that was asked for was measured and reached its threshold. */
  readonly isEnough: boolean;
}

/**
 * Runs the tests of the tree below `root`, and holds the lines that they ran to the thresholds.
 *
 * @param folders - Of the table: only their tests run, and only they count; none: all.
 */
export function measureLines(root: string, folders: readonly string[]): Measurement {
  const scratch = mkdtempSync(join(tmpdir(), 'btcfed-coverage-'));
  try {
    const folder = join(scratch, 'processes');
    const report = join(scratch, 'lcov');
    const passed = runTests(root, folder, folders);
    if (!writeReport({ root, folder, report })) return { covered: [], isEnough: false };
    const inRoot = (file: string): string => relative(root, join(root, file));
    const lines = linesByFile(readFileSync(report, 'utf8'));
    const loaded = new Map([...lines].map(([file, each]) => [inRoot(file), each]));
    const files = new Map([...loaded, ...unloadedFiles(root, loaded)]);
    const isWanted = (each: string): boolean => folders.length === 0 || folders.includes(each);
    const wanted = Object.entries(LINES_MIN).filter(([each]) => isWanted(each));
    const covered = coverageOf(files, Object.fromEntries(wanted));
    const isAll = covered.length === wanted.length;
    return { covered, isEnough: passed && isAll && covered.every(({ isEnough }) => isEnough) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Every process writes the lines that it ran into `folder` when it exits. @returns whether all tests passed. */
function runTests(root: string, folder: string, folders: readonly string[]): boolean {
  // The environment of the measuring test run is not for the tests that are measured.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const tests = folders.length === 0 ? ALL : folders.map((each) => `${each}/**/*.test.ts`);
  const { status } = spawnSync(
    process.execPath,
    ['--test', '--test-concurrency=2', '--test-reporter=dot', '--test-reporter-destination=stderr', ...tests],
    {
      cwd: root,
      // A bundle of a service has no lines of its sources.
      env: { ...env, NODE_V8_COVERAGE: folder, BTCFED_RUN_SOURCES: '1' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: TESTS_MS_MAX,
    },
  );
  return status === 0;
}
