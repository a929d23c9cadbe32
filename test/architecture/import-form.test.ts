import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import { misspelledImports } from './import-form.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

const files = ['libs', 'services', 'test', 'deploy'].flatMap((folder) =>
  readdirSync(posix.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => posix.join(folder, path)),
);

describe('an import has one form', () => {
  test('within a library or a service it is written from the file, to another one from the root', () => {
    assert.ok(files.length > 1_000);
    assert.deepEqual(
      files.flatMap((file) => misspelledImports(readFileSync(`${ROOT}${file}`, 'utf8'), file)),
      [],
    );
  });

  for (const [file, given, wanted] of [
    ['libs/a/x.ts', '../b/y.ts', '#libs/b/y.ts'],
    ['libs/a/deep/x.ts', '../../b/y.ts', '#libs/b/y.ts'],
    ['libs/a/x.ts', '#libs/a/y.ts', './y.ts'],
    ['libs/a/deep/x.ts', '#libs/a/y.ts', '../y.ts'],
    ['services/a/x.ts', '#services/a/y.ts', './y.ts'],
    ['services/a/x.ts', '../../libs/b/y.ts', '#libs/b/y.ts'],
    ['services/a/x.test.ts', '../../test/support/within.ts', '#test/support/within.ts'],
    ['test/e2e/x.ts', '../support/disk/y.ts', '#test/support/disk/y.ts'],
    ['test/support/chain/x.ts', '../disk/y.ts', '#test/support/disk/y.ts'],
    ['deploy/a/x.ts', '../../libs/b/y.ts', '#libs/b/y.ts'],
  ] as const) {
    test(`${file}: not ${given} but ${wanted}`, () => {
      assert.deepEqual(misspelledImports(`import { y } from '${given}';`, file), [
        `${file}: '${given}' is written '${wanted}'`,
      ]);
      assert.deepEqual(misspelledImports(`import { y } from '${wanted}';`, file), []);
    });
  }

  test('packages, built-ins, and folders without a name are left as they are', () => {
    const source =
      "import { y } from 'zod';\nimport { z } from 'node:fs';\nimport { d } from '../../deploy/b/y.ts';";
    assert.deepEqual(misspelledImports(source, 'services/a/x.test.ts'), []);
  });
});
