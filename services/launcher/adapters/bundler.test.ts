import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BUNDLES_KEPT_MAX } from '../words/limits.ts';
import { bundle } from './bundler.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-bundler-'));
after(() => rmSync(base, { recursive: true, force: true }));

/** A checkout with one service and one library. */
function checkout() {
  const root = mkdtempSync(join(base, 'f-'));
  const write = (file: string, text: string): void => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write('package.json', '{ "type": "module", "imports": { "#libs/*": "./libs/*" } }');
  write('package-lock.json', '{}');
  write('libs/word.ts', "export const word: string = 'one';\n");
  write(
    'services/talk/main.ts',
    "import { word } from '#libs/word.ts';\nconsole.log(word, typeof require, typeof __dirname);\n",
  );
  const cacheFolder = join(root, '.cache');
  return {
    write,
    make: () => bundle({ root, entries: { talk: 'services/talk/main.ts' }, cacheFolder }),
    cacheFolder,
  };
}

function output(script: string): string {
  return execFileSync(process.execPath, [script], { encoding: 'utf8', timeout: 300_000 }).trim();
}

describe('bundle', () => {
  test('makes one file that runs on its own, with what CommonJS packages expect', async () => {
    const { make } = checkout();
    const { script } = await make();
    assert.equal(output(script('talk')), 'one function string');
  });

  test('makes nothing anew while the sources are the same', async () => {
    const { make, cacheFolder } = checkout();
    const [first, second] = [await make(), await make()];
    assert.equal(first.folder, second.folder);
    assert.equal(readdirSync(cacheFolder).length, 1);
  });

  test('sees a change in a library, in the lockfile and in no test', async () => {
    const { make, write } = checkout();
    const before = await make();
    write('libs/word.test.ts', 'no code at all');
    assert.equal((await make()).folder, before.folder);
    write('libs/word.ts', "export const word = 'two';\n");
    const after = await make();
    assert.equal(output(after.script('talk')), 'two function string');
    write('package-lock.json', '{ "version": 2 }');
    assert.notEqual((await make()).folder, after.folder);
  });

  test('keeps the bundle that a running federation may need, and not every one there ever was', async () => {
    const { make, write, cacheFolder } = checkout();
    for (let version = 0; version < BUNDLES_KEPT_MAX + 2; version += 1) {
      write('libs/word.ts', `export const word = '${version}';\n`);
      const { script } = await make();
      assert.equal(output(script('talk')), `${version} function string`);
    }
    assert.equal(readdirSync(cacheFolder).length, BUNDLES_KEPT_MAX);
  });

  test('leaves nothing half made when a source is wrong, and says where', async () => {
    const { make, write, cacheFolder } = checkout();
    write('services/talk/main.ts', 'const = ;\n');
    await assert.rejects(make(), /services\/talk\/main\.ts:1/);
    assert.deepEqual(readdirSync(cacheFolder), []);
  });
});
