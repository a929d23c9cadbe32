import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { PortablePool } from './portable-pool.ts';
import type { PortableTask } from './portable-task.ts';

const task: PortableTask = { kind: 'key-pair', scheme: 'slh-dsa-sha2-128f', seed: new Uint8Array(48) };

describe('PortablePool', () => {
  test('leaves the event loop free while it works', async () => {
    const pool = new PortablePool();
    let turns = 0;
    let isDone = false;
    const result = pool.run({ kind: 'key-pair', scheme: 'slh-dsa-sha2-128s', seed: new Uint8Array(48) });
    const finished = result.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await setImmediate();
      turns += 1;
    }
    await finished;
    assert.ok(turns > 100, `only ${turns} turns`);
    await pool.close();
  });

  test('does more than it has threads for, one after the other', async () => {
    const pool = new PortablePool({ workersMax: 2 });
    const results = await Promise.all(Array.from({ length: 7 }, () => pool.run(task)));
    assert.deepEqual(new Set(results.map(({ kind }) => kind)), new Set(['key-pair']));
    await pool.close();
  });

  test('refuses what it cannot queue', async () => {
    const pool = new PortablePool({ workersMax: 1, queueMax: 1 });
    const served = [pool.run(task), pool.run(task)];
    await assert.rejects(pool.run(task), { detail: { code: 'CRYPTO_OVERLOADED', waiting: 1 } });
    await Promise.all(served);
    await pool.close();
  });

  test('says what is missing when the worker is not where it should be', async () => {
    const pool = new PortablePool({ workerUrl: new URL('./nowhere.js', import.meta.url) });
    await assert.rejects(pool.run(task), (error: Error) => {
      assert.match(error.message, /portable-worker\.js/);
      return error.name === 'CryptoError';
    });
  });

  test('fails a task that the implementation refuses, and serves the next', async () => {
    const pool = new PortablePool();
    await assert.rejects(pool.run({ ...task, seed: new Uint8Array(1) }), { name: 'CryptoError' });
    assert.equal((await pool.run(task)).kind, 'key-pair');
    await pool.close();
  });

  test('fails what is under way and what waits when it is closed', async () => {
    const pool = new PortablePool();
    const results = Promise.allSettled([pool.run(task), pool.run(task)]);
    await pool.close();
    assert.deepEqual(
      (await results).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  });
});
