import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimPortRegion } from './port-region.ts';

test('two tests that begin at one region get different ports', async () => {
  const [one, two] = [await claimPortRegion(7), await claimPortRegion(7)];
  assert.notEqual(one.basePort, two.basePort);
  one.release();
  two.release();
});

test('nothing is left in the temporary folder', async () => {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-region-'));
  try {
    process.env['TMPDIR'] = folder;
    (await claimPortRegion()).release();
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true });
  }
});
