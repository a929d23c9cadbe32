import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../..', import.meta.url).pathname;
const FILES = '{libs,services,test,deploy,proto}/**/*.{ts,mjs}';

// Up to the end of the statement: the formatter puts a semicolon there.
const WAITING_CALL = /\b(?:spawnSync|execSync|execFileSync)\((?<rest>[^;]*);/g;

/** Calls that stop the whole process until a child has ended, and give it no time to end in. */
function endlessCalls(source: string): readonly string[] {
  return [...source.matchAll(WAITING_CALL)]
    .map(({ groups }) => groups?.['rest'] ?? '')
    .filter((rest) => !/\btimeout\b/.test(rest));
}

test('nothing waits for a child without a deadline: such a process hears no signal, so a run would hang', () => {
  const files = globSync(FILES, { cwd: ROOT, exclude: ['**/deadlines.test.ts'] });
  assert.ok(files.length > 300);
  const endless = files.flatMap((file) =>
    endlessCalls(readFileSync(`${ROOT}${file}`, 'utf8')).map((call) => `${file}: ${call}`),
  );
  assert.deepEqual(endless, []);
});

test('the rule notices a call without a deadline', () => {
  assert.deepEqual(endlessCalls("spawnSync('ls', ['-l']);"), ["'ls', ['-l'])"]);
  assert.deepEqual(endlessCalls("const x = spawnSync('ls', [], { timeout: 10 });"), []);
});
