import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { triedAtEveryStep } from '../support/custody-operation.ts';
import { OPERATIONS_ON_KEYS } from '../support/operations-on-keys.ts';

describe('a process that ends, or a disk that fails, at every step of', () => {
  for (const [name, operation] of Object.entries(OPERATIONS_ON_KEYS)) {
    test(`${name} loses nothing, signs nothing twice, and is taken up or named by the next start`, async () => {
      assert.deepEqual((await triedAtEveryStep(operation)).found, []);
    });
  }
});
