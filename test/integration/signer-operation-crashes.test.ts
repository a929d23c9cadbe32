import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { triedAtSteps } from '#test/support/signer/crashes/custody-operation.ts';
import { OPERATIONS_ON_KEYS } from '#test/support/signer/crashes/operations-on-keys.ts';
import { OPERATIONS_ON_RECORDS } from '#test/support/signer/crashes/operations-on-records.ts';

// Every step, with each fault: test/long/signer-operation-crashes.ts.
describe('a process that ends, or a disk that fails, at the steps that count of', () => {
  for (const [name, operation] of Object.entries({ ...OPERATIONS_ON_KEYS, ...OPERATIONS_ON_RECORDS })) {
    test(`${name} loses nothing, signs nothing twice, and is taken up or named by the next start`, async () => {
      assert.deepEqual((await triedAtSteps(operation, 'some')).found, []);
    });
  }
});
