import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../..', import.meta.url).pathname;
const FILES = '{libs,services,test,deploy}/**/*.{test,contract}.ts';

/** The clock less a moment that was noted before: how long something took. */
const DURATION = /\b(?:performance|Date)\.now\(\)\s*-\s*[a-z][\w.]*|\bhrtime\b/g;

/** A duration may be told to a person, and slept for as long again. */
const HARMLESS = /\b(?:diagnostic|sleep)\(/;

/** Where a test measures how long something took, and not only to tell it. */
function measured(source: string): readonly string[] {
  return [...source.matchAll(DURATION)]
    .filter(({ index }) => !HARMLESS.test(source.slice(source.lastIndexOf(';', index) + 1, index)))
    .map(([text]) => text);
}

test('F-68: no test measures by the clock of the wall how long something takes: a busy machine is no fault', () => {
  const files = globSync(FILES, { cwd: ROOT, exclude: ['**/wall-clock.test.ts'] });
  assert.ok(files.length > 300);
  const found = files.flatMap((file) =>
    measured(readFileSync(`${ROOT}${file}`, 'utf8')).map((text) => `${file}: ${text}`),
  );
  assert.deepEqual(
    found,
    [],
    'assert order or virtual time; what needs a figure is for test/long or a benchmark',
  );
});

test('F-68: the rule notices a duration that is asserted, and none that is told, slept or waited for', () => {
  const start = 'const startMs = performance.now(); await stop();';
  assert.equal(measured(`${start} assert.ok(performance.now() - startMs < 1_000);`).length, 1);
  assert.equal(measured(`${start} const tookMs = performance.now() - startMs; sleep(1);`).length, 1);
  assert.equal(measured(`${start} return Date.now() - this.startMs;`).length, 1);
  assert.equal(measured('const [seconds] = process.hrtime(start);').length, 1);
  assert.deepEqual(
    measured(`${start} context.diagnostic(\`after \${performance.now() - startMs} ms\`);`),
    [],
  );
  assert.deepEqual(measured(`${start} await sleep(performance.now() - startMs + 5);`), []);
  assert.deepEqual(
    measured('for (const end = Date.now() + WAIT_MS; Date.now() < end; ) await sleep(5);'),
    [],
  );
  assert.deepEqual(measured('mock.timers.enable({ now: Date.now() - 10 * DAY_MS });'), []);
});
