import { run } from 'node:test';
import { namesRow, testsOfRow } from './row-tests.ts';

/** A test that took place; suites and files are none. */
export interface EndedTest {
  readonly name: string;
  readonly passed: boolean;
}

/** One test; far above what any takes that names a row. */
const TEST_MS_MAX = 240_000;
/** All tests of a row. */
const ROW_MS_MAX = 20 * 60_000;

/** Runs the tests that name a row, and no other, in the tree below `root`: each file in a process of its own. */
export async function runRow(root: string, row: string): Promise<readonly EndedTest[]> {
  const events = run({
    cwd: root,
    files: [...testsOfRow(root, row)],
    testNamePatterns: namesRow(row),
    concurrency: 1,
    timeout: TEST_MS_MAX,
    signal: AbortSignal.timeout(ROW_MS_MAX),
  });
  const ended: EndedTest[] = [];
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isFile = data.file?.endsWith(data.name) === true;
    if (isFile || data.details.type === 'suite' || data.skip !== undefined) continue;
    ended.push({ name: data.name, passed: type === 'test:pass' });
  }
  return ended;
}
