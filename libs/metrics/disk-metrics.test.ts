import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { diskMetrics } from './disk-metrics.ts';
import { MemoryMetrics } from './memory-metrics.ts';

const DISK = { bavail: 5, blocks: 9, bsize: 4_096 };

test('F-44: the room of a real disk is shown, with its size', async () => {
  const metrics = new MemoryMetrics();
  diskMetrics(metrics, { chain: tmpdir() });
  await metrics.scrape();
  const value = (what: string) => metrics.value(`btcfed_disk_${what}_bytes`, { folder: 'chain' });
  assert.ok(value('size') >= value('available') && value('size') > 0);
});

test('F-44: a folder that is not there has no value, and the others have', async () => {
  const metrics = new MemoryMetrics();
  diskMetrics(metrics, { chain: tmpdir(), mirror: join(tmpdir(), 'no such folder') });
  await metrics.scrape();
  const has = (folder: string) => metrics.has('btcfed_disk_available_bytes', { folder });
  assert.deepEqual([has('chain'), has('mirror')], [true, false]);
});

test('F-44: a disk that hangs is asked once, loses its value, and has it again with its answer', async () => {
  const metrics = new MemoryMetrics();
  let hanging = false;
  let answer = (): void => {};
  let asked = 0;
  diskMetrics(metrics, { chain: '/chain' }, async () => {
    asked += 1;
    if (hanging) await new Promise<void>((resolve) => (answer = resolve));
    return DISK;
  });
  const has = () => metrics.has('btcfed_disk_available_bytes', { folder: 'chain' });
  await metrics.scrape();
  assert.equal(metrics.value('btcfed_disk_available_bytes', { folder: 'chain' }), 5 * 4_096);
  assert.equal(metrics.value('btcfed_disk_size_bytes', { folder: 'chain' }), 9 * 4_096);
  hanging = true;
  const hung = metrics.scrape();
  await metrics.scrape();
  assert.deepEqual([has(), asked], [false, 2]);
  answer();
  await hung;
  assert.deepEqual([has(), asked], [true, 2]);
});
