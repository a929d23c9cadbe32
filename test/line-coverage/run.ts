// Runs the tests of the code and says how much of it they run, by folder: npm run coverage [-- FOLDER…] [--json].
// Exit code 1 when a test fails, or a folder is below its threshold. With folders, only their tests run and only they count.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { coverageOf, type FolderCoverage, linesByFile } from './lines.ts';
import { LINES_MIN, NOT_MEASURED } from './thresholds.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const ALL = ['{libs,services}/**/*.test.ts', 'test/{contract,integration}/**/*.test.ts'];

/** Far more than the tests take, on a machine that does other work. */
const TESTS_MS_MAX = 30 * 60_000;

const given = process.argv.slice(2);
const isJson = given.includes('--json');
const folders = given.filter((each) => each !== '--json').map((each) => each.replace(/\/$/, ''));
const unknown = folders.filter((each) => !(each in LINES_MIN));
if (unknown.length > 0) {
  process.stderr.write(
    `no threshold for ${unknown.join(', ')}: there is one for ${Object.keys(LINES_MIN).join(', ')}\n`,
  );
  process.exit(1);
}
process.exit(run());

function run(): number {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-coverage-'));
  try {
    const report = join(folder, 'lcov');
    const { status } = spawnSync(process.execPath, testArguments(report), {
      cwd: ROOT,
      stdio: 'inherit',
      timeout: TESTS_MS_MAX,
    });
    const files = new Map(
      [...linesByFile(readFileSync(report, 'utf8'))].map(([file, lines]) => [
        relative(ROOT, join(ROOT, file)),
        lines,
      ]),
    );
    const wanted = Object.entries(LINES_MIN).filter(
      ([each]) => folders.length === 0 || folders.includes(each),
    );
    const covered = coverageOf(files, Object.fromEntries(wanted));
    process.stdout.write(isJson ? `${JSON.stringify(covered)}\n` : covered.map(textOf).join(''));
    const isEnough = covered.length === wanted.length && covered.every((each) => each.isEnough);
    return status === 0 && isEnough ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testArguments(report: string): readonly string[] {
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

function textOf({ folder, percent, percentMin, isEnough }: FolderCoverage): string {
  const verdict = isEnough ? 'enough' : 'TOO LITTLE';
  return `${folder.padEnd(22)} ${percent.toFixed(1).padStart(5)} % of lines, at least ${percentMin} %: ${verdict}\n`;
}
