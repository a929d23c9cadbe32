import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { coverageOf, type FolderCoverage, linesByFile } from './lines.ts';
import { LINES_MIN, NOT_MEASURED } from './thresholds.ts';
import { unloadedFiles } from './unloaded.ts';

const ALL = ['{libs,services}/**/*.test.ts', 'test/{contract,integration}/**/*.test.ts'];

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
    const report = join(scratch, 'lcov');
    // Variables of the measuring test run must not reach the measured one.
    const { NODE_TEST_CONTEXT: _, NODE_V8_COVERAGE: __, ...env } = process.env;
    const stdio = ['ignore', 'inherit', 'inherit'] as const;
    const { status } = spawnSync(process.execPath, testArguments(report, folders), {
      cwd: root,
      env,
      stdio: [...stdio],
      timeout: TESTS_MS_MAX,
    });
    const inRoot = (file: string): string => relative(root, join(root, file));
    const lines = linesByFile(readFileSync(report, 'utf8'));
    const loaded = new Map([...lines].map(([file, each]) => [inRoot(file), each]));
    const files = new Map([...loaded, ...unloadedFiles(root, loaded)]);
    const isWanted = (folder: string): boolean => folders.length === 0 || folders.includes(folder);
    const wanted = Object.entries(LINES_MIN).filter(([folder]) => isWanted(folder));
    const covered = coverageOf(files, Object.fromEntries(wanted));
    const isAll = covered.length === wanted.length;
    return { covered, isEnough: status === 0 && isAll && covered.every(({ isEnough }) => isEnough) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function testArguments(report: string, folders: readonly string[]): readonly string[] {
  const reporters = ['dot', 'lcov'].map((name) => `--test-reporter=${name}`);
  const destinations = ['stderr', report].map((name) => `--test-reporter-destination=${name}`);
  const left = NOT_MEASURED.map((glob) => `--test-coverage-exclude=${glob}`);
  const tests = folders.length === 0 ? ALL : folders.map((each) => `${each}/**/*.test.ts`);
  return [
    '--test',
    '--experimental-test-coverage',
    '--test-concurrency=2',
    ...reporters,
    ...destinations,
    ...left,
    ...tests,
  ];
}
