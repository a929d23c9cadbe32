import { spawnSync } from 'node:child_process';
import { NOT_MEASURED } from './thresholds.ts';

/** Names the folder of coverage for collect.ts. */
export const COLLECTED = 'BTCFED_COVERAGE_FOLDER';

const COLLECT = new URL('collect.ts', import.meta.url).pathname;
/** Thousands of files on a slow machine. */
const REPORT_MS_MAX = 20 * 60_000;

export interface Reporting {
  /** The tree whose files are reported. */
  readonly root: string;
  /** Files of coverage of all processes, as `NODE_V8_COVERAGE` makes them. */
  readonly folder: string;
  /** The LCOV file to write. */
  readonly report: string;
}

/** Writes the lines that ran, as Node reckons them. @returns whether a report was made. */
export function writeReport({ root, folder, report }: Reporting): boolean {
  const { NODE_TEST_CONTEXT: _, NODE_V8_COVERAGE: __, ...env } = process.env;
  const left = NOT_MEASURED.map((glob) => `--test-coverage-exclude=${glob}`);
  const output = ['--test-reporter=lcov', `--test-reporter-destination=${report}`];
  const { status } = spawnSync(
    process.execPath,
    ['--test', '--experimental-test-coverage', ...output, ...left, COLLECT],
    { cwd: root, env: { ...env, [COLLECTED]: folder }, stdio: 'inherit', timeout: REPORT_MS_MAX },
  );
  return status === 0;
}
