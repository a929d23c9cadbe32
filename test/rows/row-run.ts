import { type EndedTest, endedTests } from '#test/support/runner/ended-tests.ts';
import { namesRow, testsOfRow } from './row-tests.ts';

/** One test; far above what any takes that names a row. */
const TEST_MS_MAX = 240_000;
/** All tests of a row. */
const ROW_MS_MAX = 20 * 60_000;

/** Runs the tests that name a row, and no other, in the tree below `root`: each file in a process of its own. */
export async function runRow(root: string, row: string): Promise<readonly EndedTest[]> {
  const tests = endedTests({
    cwd: root,
    files: [...testsOfRow(root, row)],
    testNamePatterns: namesRow(row),
    concurrency: 1,
    timeout: TEST_MS_MAX,
    signal: AbortSignal.timeout(ROW_MS_MAX),
  });
  const ended: EndedTest[] = [];
  for await (const each of tests) if (!each.isFile) ended.push(each);
  return ended;
}
