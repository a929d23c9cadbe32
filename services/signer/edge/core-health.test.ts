import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { coreHealth } from './core-health.ts';

const ACTIVE = GetSignerResponse.fromPartial({ mode: 'active', locked: false });

describe('the health of an edge', () => {
  test('is that of its core, asked each second, and told when it changes', async () => {
    mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
    try {
      let answer = (): Promise<GetSignerResponse> => Promise.reject(new Error('nobody is there'));
      const told: boolean[] = [];
      const health = coreHealth({ getSigner: () => answer() }, (is) => told.push(is), memoryLogger());
      await health.start();
      const after = async (ms: number): Promise<void> => {
        mock.timers.tick(ms);
        await turn();
        await turn();
      };
      answer = async () => ({ ...ACTIVE, locked: true });
      await after(1_000);
      assert.deepEqual(told, [false]);
      answer = async () => ACTIVE;
      await after(1_000);
      await after(1_000);
      assert.deepEqual(told, [false, true]);
      for (const mode of ['quarantined', 'retired']) {
        answer = async () => ({ ...ACTIVE, mode });
        await after(1_000);
        answer = async () => ACTIVE;
        await after(1_000);
      }
      assert.deepEqual(told, [false, true, false, true, false, true]);
      // A core whose socket takes questions and answers none: stopped, or stuck.
      answer = () => new Promise(() => undefined);
      await after(1_000);
      assert.equal(told.length, 6);
      await after(3_000);
      assert.deepEqual(told.slice(6), [false]);
      answer = async () => ACTIVE;
      await after(1_000);
      assert.equal(told.at(-1), true);
      await after(5_000);
      assert.equal(told.length, 8, 'what was asked while it was silent counts no more');
      await health.stop();
      answer = () => Promise.reject(new Error('gone'));
      await after(5_000);
      assert.equal(told.at(-1), true, 'nobody is asked after the stop');
    } finally {
      mock.timers.reset();
    }
  });
});
