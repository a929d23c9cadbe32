import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { lockFolder } from './lock-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'btcfed-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('lockFolder', () => {
  test('refuses a second holder in the same process until the first lets go', () => {
    const lock = lockFolder(folder);
    assert.throws(() => lockFolder(folder), { detail: { code: 'FOLDER_LOCKED', path: folder } });
    lock.release();
    lock.release();
    lockFolder(folder).release();
  });

  test('refuses a folder that another process holds, and takes it over when that process was killed', async () => {
    const source = `
      import { lockFolder } from ${JSON.stringify(new URL('lock-file.ts', import.meta.url).href)};
      globalThis.lock = lockFolder(${JSON.stringify(folder)});
      console.log('held');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    assert.throws(() => lockFolder(folder), { name: 'FolderLockedError' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    lockFolder(folder).release();
  });

  test('locks folders apart from each other, and leaves one empty file', () => {
    const other = mkdtempSync(join(tmpdir(), 'btcfed-lock-'));
    const locks = [lockFolder(folder), lockFolder(other)];
    assert.deepEqual(readdirSync(folder), ['.lock']);
    for (const lock of locks) lock.release();
    rmSync(other, { recursive: true });
  });

  test('refuses a folder that is not there', () => {
    assert.throws(() => lockFolder(join(folder, 'missing')), /unable to open/);
  });
});
