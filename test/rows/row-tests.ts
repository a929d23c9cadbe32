import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = '{libs,services,test,deploy}/**/*.test.ts';
/** Tests of the mutations themselves, which name every row. */
const OWN = 'test/rows/**';

/** Finds the id of a row, and not that of another that begins or ends with it. */
export function namesRow(row: string): RegExp {
  return new RegExp(`(?<![\\w-])${row}(?!\\w)`);
}

/** The test files that name a row, from the root of the repository. */
export function testsOfRow(root: string, row: string): readonly string[] {
  const name = namesRow(row);
  const files = globSync(TESTS, { cwd: root, exclude: [OWN] }).sort();
  return files.filter((file) => name.test(readFileSync(join(root, file), 'utf8')));
}
