import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { threadPoolSize } from './thread-pool.ts';

describe('the threads of a service', () => {
  test('are one for each core, at least four and at most 64', () => {
    const sizes = [1, 4, 5, 16, 64, 65, 192].map((cores) => threadPoolSize(cores));
    assert.deepEqual(sizes, [4, 4, 5, 16, 64, 64, 64]);
  });

  test('are as many as an operator wishes, beyond those bounds too', () => {
    assert.deepEqual(
      ['1', '2', '100', '1024'].map((wished) => threadPoolSize(8, wished)),
      [1, 2, 100, 1024],
    );
    assert.equal(threadPoolSize(8, ''), 8, 'an empty variable is none');
  });

  for (const wished of ['0', '-1', '1025', '4.5', 'many', '8 ', '1e2']) {
    test(`"${wished}" is refused with the variable, the value and the cure`, () => {
      assert.throws(() => threadPoolSize(8, wished), {
        name: 'CliError',
        message: `UV_THREADPOOL_SIZE is "${wished}" in the environment: give a whole number from 1 to 1024, or unset it for one thread a core`,
      });
    });
  }
});
