import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { tarArchive } from './tar-archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-tar-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const MODIFIED_MS = Date.UTC(2025, 10, 26, 9, 30, 15);
/** The program is part of every system that these tests run on; a slow one takes seconds. */
const TAR_MS_MAX = 60_000;

function unpacked(archive: Uint8Array, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('tar', args, { input: archive, timeout: TAR_MS_MAX });
  assert.deepEqual([status, stderr.toString()], [0, '']);
  return stdout.toString();
}

describe('tarArchive', () => {
  test('is read by the tar of the system: names, sizes, times and modes', () => {
    const sizes = [0, 1, 511, 512, 513, 1024, 70_000];
    const files = sizes.map((size) => ({ path: `b/${size}`, content: Buffer.alloc(size, size % 251) }));
    const archive = tarArchive(files, MODIFIED_MS);
    assert.equal(archive.length % 512, 0);
    unpacked(archive, '-xf', '-', '-C', folder);
    for (const { path, content } of files) {
      const { mode, mtimeMs } = statSync(join(folder, path));
      assert.ok(readFileSync(join(folder, path)).equals(content), path);
      assert.deepEqual([mode & 0o777, mtimeMs], [0o600, MODIFIED_MS]);
    }
    assert.deepEqual(
      unpacked(archive, '-tf', '-').trim().split('\n'),
      files.map(({ path }) => path),
    );
  });

  test('keeps a path of a hundred bytes', () => {
    const path = `b/${'x'.repeat(98)}`;
    assert.equal(unpacked(tarArchive([{ path, content: Buffer.from('x') }], 0), '-tf', '-'), `${path}\n`);
  });

  for (const path of ['', `b/${'x'.repeat(99)}`, 'b/é', 'b/a b', 'b/\n']) {
    test(`refuses ${JSON.stringify(path)}, which the format cannot hold`, () => {
      assert.throws(() => tarArchive([{ path, content: new Uint8Array() }], 0), { name: 'AssertionError' });
    });
  }
});
