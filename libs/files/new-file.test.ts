import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { onRecordedDisk } from '#test/support/disk/recorded-disk.ts';
import { makeFolder, writeNewFile } from './new-file.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-new-file-'));
after(() => rmSync(base, { recursive: true }));
const fresh = () => mkdtempSync(join(base, 'f-'));

/** The files that a power cut leaves right after `work`. */
async function afterPowerCut(folder: string, work: () => Promise<unknown>): Promise<readonly string[]> {
  const { images, failure } = await onRecordedDisk(folder, { fault: 'kill', at: -1 }, work);
  assert.equal(failure, undefined);
  const left = readdirSync(images.synced, { recursive: true }).map(String).sort();
  for (const image of Object.values(images)) rmSync(image, { recursive: true });
  return left;
}

describe('writeNewFile', () => {
  test('writes a file of the given mode that outlasts a power cut', async () => {
    const folder = fresh();
    const path = join(folder, 'file');
    assert.deepEqual(await afterPowerCut(folder, () => writeNewFile(path, 'text', 0o600)), ['file']);
    assert.equal(readFileSync(path, 'utf8'), 'text');
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('never writes over another', async () => {
    const path = join(fresh(), 'file');
    writeFileSync(path, 'old');
    await assert.rejects(writeNewFile(path, 'new', 0o600), { code: 'EEXIST' });
    assert.equal(readFileSync(path, 'utf8'), 'old');
  });

  test('leaves nothing when the disk fails', async () => {
    const folder = fresh();
    for (const at of [0, 1, 2]) {
      const plan = { fault: 'ENOSPC', at } as const;
      const { failure, images } = await onRecordedDisk(folder, plan, () =>
        writeNewFile(join(folder, 'file'), 'text', 0o600),
      );
      assert.equal((failure as NodeJS.ErrnoException).code, 'ENOSPC');
      assert.deepEqual(readdirSync(images.kept), []);
      for (const image of Object.values(images)) rmSync(image, { recursive: true });
    }
  });
});

describe('makeFolder', () => {
  test('makes all that is missing, so that it outlasts a power cut', async () => {
    const folder = fresh();
    const left = await afterPowerCut(folder, () => makeFolder(join(folder, 'a', 'b', 'c'), 0o700));
    assert.deepEqual(left, ['a', 'a/b', 'a/b/c']);
    assert.equal(statSync(join(folder, 'a', 'b', 'c')).mode & 0o777, 0o700);
  });

  test('keeps one that is there, with what is in it, and makes its name last', async () => {
    const folder = fresh();
    await makeFolder(join(folder, 'a'), 0o700);
    writeFileSync(join(folder, 'a', 'file'), '');
    await makeFolder(join(folder, 'a'), 0o755);
    assert.deepEqual(readdirSync(join(folder, 'a')), ['file']);
    assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700);
  });
});
