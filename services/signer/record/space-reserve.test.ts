import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { onRecordedDisk } from '#test/support/disk/recorded-disk.ts';
import { RESERVE_BYTES } from '../words/limits.ts';
import { reserveSpace } from './space-reserve.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-reserve-'));
after(() => rmSync(base, { recursive: true }));

test('room is taken once, of the whole size, and taken again when somebody used it', () => {
  const folder = mkdtempSync(join(base, 'f-'));
  const path = join(folder, 'signer.reserve');
  reserveSpace(folder);
  const { size, mtimeMs } = statSync(path);
  assert.equal(size, RESERVE_BYTES);
  reserveSpace(folder);
  assert.equal(statSync(path).mtimeMs, mtimeMs);
  truncateSync(path, 5);
  reserveSpace(folder);
  assert.equal(statSync(path).size, RESERVE_BYTES);
});

test('a full or failing disk is named, and nothing is left on it', async () => {
  for (const fault of ['ENOSPC', 'EIO'] as const) {
    // Opening, writing (synced as it is written), renaming.
    for (const at of [0, 1, 2]) {
      const folder = mkdtempSync(join(base, 'f-'));
      const { failure, images } = await onRecordedDisk(folder, { fault, at }, async () =>
        reserveSpace(folder),
      );
      assert.match(String(failure), /signer\.reserve cannot be read or written .*Free space on its disk/);
      assert.deepEqual(readdirSync(images.kept), []);
      for (const image of Object.values(images)) rmSync(image, { recursive: true });
    }
  }
});
