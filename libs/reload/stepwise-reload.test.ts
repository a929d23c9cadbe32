import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Configuration } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Reloadable } from '#libs/service/reloadable.ts';
import { type ReloadStep, StepwiseReload } from './stepwise-reload.ts';

const prepare: ReloadStep = { $case: 'prepare', value: { configuration: Configuration.fromPartial({}) } };
const commit: ReloadStep = { $case: 'commit', value: {} };
const rollBack: ReloadStep = { $case: 'rollBack', value: {} };

/** One part that notes its calls. */
function reloadOf() {
  const calls: string[] = [];
  const part: Reloadable<Configuration> = {
    prepare: async () => {
      calls.push('prepare');
      return { commit: () => void calls.push('commit'), rollBack: () => void calls.push('roll back') };
    },
  };
  return { calls, reload: new StepwiseReload([part]) };
}

describe('a reload in steps', () => {
  test('P2P-57 is prepared, and then committed once', async () => {
    const { calls, reload } = reloadOf();
    await reload.take(prepare);
    await reload.take(commit);
    await assert.rejects(reload.take(commit), /nothing was prepared/);
    await reload.take(rollBack);
    assert.deepEqual(calls, ['prepare', 'commit']);
  });

  test('P2P-57 that was never decided on is rolled back by the next one, and when the config service is gone', async () => {
    const { calls, reload } = reloadOf();
    await reload.take(prepare);
    await reload.take(prepare);
    await reload.forget();
    await reload.forget();
    assert.deepEqual(calls, ['prepare', 'roll back', 'prepare', 'roll back']);
  });

  test('refuses a proposal without a configuration, and keeps what was prepared until then', async () => {
    const { calls, reload } = reloadOf();
    await reload.take(prepare);
    await assert.rejects(reload.take({ $case: 'prepare', value: { configuration: undefined } }));
    await reload.take(commit);
    assert.deepEqual(calls, ['prepare', 'commit']);
  });
});
