import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { FileLockTimeoutError, withFileLock } from './file-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-lock-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
const freshPath = () => join(folder, `lock-${count++}`);
const brief = (mode: 'shared' | 'exclusive') => ({ mode, timeoutMs: 50 });
const patient = (mode: 'shared' | 'exclusive') => ({ mode, timeoutMs: 120_000 });

describe('withFileLock', () => {
  test('P2P-36 gives the result of the work and lets the lock go, also when the work fails', async () => {
    const path = freshPath();
    assert.equal(await withFileLock(path, brief('exclusive'), async () => 7), 7);
    await assert.rejects(
      withFileLock(path, brief('exclusive'), () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await withFileLock(path, brief('exclusive'), async () => 8), 8);
  });

  test('P2P-36 readers share it, and a writer waits for all of them', async () => {
    const path = freshPath();
    const order: string[] = [];
    await withFileLock(path, brief('shared'), () =>
      withFileLock(path, brief('shared'), async () => {
        await assert.rejects(
          withFileLock(path, brief('exclusive'), async () => assert.fail('written')),
          FileLockTimeoutError,
        );
        order.push('read');
      }),
    );
    await withFileLock(path, brief('exclusive'), async () => void order.push('written'));
    assert.deepEqual(order, ['read', 'written']);
  });

  for (const mode of ['shared', 'exclusive'] as const) {
    test(`P2P-36 a ${mode} lock times out while another process writes, and is free when that one is killed`, async () => {
      const path = freshPath();
      const holder = spawn(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { withFileLock } from ${JSON.stringify(new URL('file-lock.ts', import.meta.url).href)};
           await withFileLock(${JSON.stringify(path)}, { mode: 'exclusive', timeoutMs: 1000 }, () => {
             console.log('held');
             return new Promise((resolve) => setTimeout(resolve, 60_000));
           });`,
        ],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      );
      await once(holder.stdout, 'data');
      await assert.rejects(
        withFileLock(path, brief(mode), async () => assert.fail('taken')),
        { detail: { code: 'FILE_LOCK_TIMEOUT', path } },
      );
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      assert.equal(await withFileLock(path, patient(mode), async () => 'free'), 'free');
    });
  }

  test('P2P-36 writers come one after the other', async () => {
    const path = freshPath();
    let inside = 0;
    const write = () =>
      withFileLock(path, patient('exclusive'), async () => {
        inside += 1;
        assert.equal(inside, 1);
        await new Promise(setImmediate);
        inside -= 1;
      });
    await Promise.all([write(), write(), write(), write()]);
  });
});
