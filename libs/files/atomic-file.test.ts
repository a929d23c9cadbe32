import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createFileAtomic, draftsOf, writeFileAtomic } from './atomic-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'btcfed-files-'));

describe('writeFileAtomic', () => {
  test('replaces the content and the mode, and leaves no temporary file', async () => {
    const path = join(folder, 'settings');
    await writeFile(path, 'old', { mode: 0o644 });
    await writeFileAtomic(path, 'new', 0o600);
    assert.equal(await readFile(path, 'utf8'), 'new');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['settings']);
  });

  test('keeps the old file when the new one cannot be written', async () => {
    await assert.rejects(writeFileAtomic(join(folder, 'missing', 'file'), 'x', 0o600), { code: 'ENOENT' });
    assert.deepEqual(await readdir(folder), ['settings']);
  });
});

describe('createFileAtomic', () => {
  test('makes the file, of two at once one, and writes nothing over', async () => {
    const path = join(folder, 'settings', '..', 'made');
    const made = await Promise.allSettled(['a', 'b', 'c'].map((text) => createFileAtomic(path, text, 0o600)));
    const winners = made.flatMap(({ status }, at) => (status === 'fulfilled' ? ['abc'[at]] : []));
    assert.equal(winners.length, 1);
    for (const each of made) if (each.status === 'rejected') assert.equal(each.reason.code, 'EEXIST');
    assert.equal(await readFile(path, 'utf8'), winners[0]);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(folder)).sort(), ['made', 'settings']);
  });
});

describe('draftsOf', () => {
  test('finds what a crash left of this very file, and nothing else', async () => {
    const names = [
      'key.0123abcd.tmp',
      'key.tmp',
      'key.0123abcd',
      'other.0123abcd.tmp',
      'key',
      'key.0123ABCD.tmp',
    ];
    for (const name of names) await writeFile(join(folder, name), '');
    assert.deepEqual(await draftsOf(join(folder, 'key')), [join(folder, 'key.0123abcd.tmp')]);
    assert.deepEqual(await draftsOf(join(folder, 'missing', 'key')), []);
  });
});
