import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { isSound, longTests, runLongTests } from './long-tests.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'btcfed-long-'));
after(() => rmSync(ROOT, { recursive: true }));
// Node runs no files from within a file that it runs, and knows by this that it does.
delete process.env['NODE_TEST_CONTEXT'];
mkdirSync(join(ROOT, 'test/long'), { recursive: true });

/** A file of long tests with this code, run. */
async function outcomeOf(name: string, code: string) {
  const head = `// Shows what ${name} do.\nimport { describe, test } from 'node:test';\n`;
  writeFileSync(join(ROOT, `test/long/${name}.ts`), head + code);
  const [tests] = longTests(ROOT, name);
  assert.ok(tests);
  const told: string[] = [];
  const outcome = await runLongTests(ROOT, tests, (text) => told.push(text));
  return { ...outcome, told, isSound: isSound(outcome) };
}

describe('long tests', () => {
  test('count those that passed and name those that failed', async () => {
    const failing = "test('two', () => { throw new Error('no'); });";
    const outcome = await outcomeOf('mixed', `describe('all', () => { test('one', () => {}); ${failing} });`);
    const { file, proves, passed, failed, told } = outcome;
    assert.deepEqual([file, proves], ['test/long/mixed.ts', 'Shows what mixed do.']);
    assert.deepEqual([passed, failed, told, outcome.isSound], [1, ['two'], ['FAILED two'], false]);
  });

  test('are sound when all passed', async () => {
    const { passed, failed, isSound: sound } = await outcomeOf('good', "test('one', () => {});");
    assert.deepEqual([passed, failed, sound], [1, [], true]);
  });

  test('show nothing when none ran or the file could not be loaded', async () => {
    for (const code of ['', "test.skip('one', () => {});", "throw new Error('no test at all');"]) {
      const { passed, isSound: sound } = await outcomeOf('none', code);
      assert.deepEqual([passed, sound], [0, false]);
    }
  });

  test('say in the first line what they prove', () => {
    writeFileSync(join(ROOT, 'test/long/silent.ts'), "import 'node:test';\n");
    assert.throws(() => longTests(ROOT), /test\/long\/silent\.ts does not say in its first line/);
  });
});
