import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endedTests } from '#test/support/runner/ended-tests.ts';

const FILES = 'test/long/*.ts';

/** One test; the longest takes a quarter of it on a quiet machine. */
const TEST_MS_MAX = 60 * 60_000;

/** A file of tests that show on all cases what `npm test` shows on a few. */
export interface LongTests {
  /** Path from the root of the project. */
  readonly file: string;
  /** Their purpose: the comment on the first line of the file. */
  readonly proves: string;
}

export interface LongOutcome extends LongTests {
  readonly passed: number;
  /** Names of the tests that failed; the file itself where it could not be run. */
  readonly failed: readonly string[];
  readonly seconds: number;
}

/** All below `root` whose file or purpose contains this text. @throws Error for a test without a purpose. */
export function longTests(root: string, text = ''): readonly LongTests[] {
  const all = globSync(FILES, { cwd: root }).sort();
  const known = all.map((file) => ({ file, proves: purposeOf(root, file) }));
  return known.filter(({ file, proves }) => `${file} ${proves}`.includes(text));
}

/** Runs the tests of a file below `root`, one after the other, and tells of each that failed. */
export async function runLongTests(
  root: string,
  tests: LongTests,
  report: (text: string) => void,
): Promise<LongOutcome> {
  const startMs = performance.now();
  const failed: string[] = [];
  let passed = 0;
  const files = [join(root, tests.file)];
  for await (const { name, passed: isPassed } of endedTests({ files, timeout: TEST_MS_MAX })) {
    if (isPassed) passed += 1;
    else failed.push(name);
    if (!isPassed) report(`FAILED ${name}`);
  }
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  return { ...tests, passed, failed, seconds };
}

/** A file of which no test ran does not pass. */
export function isSound({ passed, failed }: Pick<LongOutcome, 'passed' | 'failed'>): boolean {
  return passed > 0 && failed.length === 0;
}

function purposeOf(root: string, file: string): string {
  const [first = ''] = readFileSync(join(root, file), 'utf8').split('\n');
  if (!first.startsWith('// ')) throw new Error(`${file} does not say in its first line what it proves`);
  return first.slice('// '.length);
}
