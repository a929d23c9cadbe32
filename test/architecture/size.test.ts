import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { RIGHTLY_LONG, STILL_LONG } from './long-files.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** A file that a person reads in one go (rule 2 of STYLE.md). */
const LINES_MAX = 150;

const sizes = new Map(
  globSync(['{libs,services,deploy,proto}/**/*.{ts,mjs}'], { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts') && !file.startsWith('libs/proto/'))
    .map((file) => [file, readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1] as const),
);

describe('the length of files, without tests and generated code', () => {
  test(`is at most ${LINES_MAX} lines, but for the listed ones`, () => {
    assert.ok(sizes.size > 900);
    const long = [...sizes].filter(
      ([file, lines]) => lines > (STILL_LONG[file] ?? LINES_MAX) && RIGHTLY_LONG[file] === undefined,
    );
    assert.deepEqual(
      long.map(([file, lines]) => `${file} has ${lines} lines: divide it`),
      [],
    );
  });

  test('of the listed ones is above it: a file that became short leaves the list', () => {
    const listed = [...Object.keys(RIGHTLY_LONG), ...Object.keys(STILL_LONG)];
    const short = listed.filter((file) => (sizes.get(file) ?? 0) <= LINES_MAX);
    assert.deepEqual(short, []);
  });
});
