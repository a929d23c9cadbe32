import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { RETRY_PAUSES_MS } from './limits.ts';
import { ReloadRetries } from './reload-retries.ts';

const FAILED = { errorClass: 'recoverable' } as const;

function retriesOf(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  const retries = new ReloadRetries(memoryLogger(), async () => {
    asked += 1;
    retries.begin('retry');
  });
  /** A reload that fails, and as much time as the longest pause. */
  const fail = (): number => {
    const before = asked;
    retries.after(FAILED);
    context.mock.timers.tick(Math.max(...RETRY_PAUSES_MS));
    return asked - before;
  };
  return {
    retries,
    fail,
    pass: () => context.mock.timers.tick(Math.max(...RETRY_PAUSES_MS)),
    asked: () => asked,
  };
}

describe('the retries of a reload (P2P-68)', () => {
  test('end after the last pause, and begin again with the next change of a file', (context) => {
    const { retries, fail } = retriesOf(context);
    for (const _ of RETRY_PAUSES_MS) assert.equal(fail(), 1);
    assert.equal(fail(), 0);
    retries.begin('file changed');
    assert.equal(fail(), 1);
  });

  test('are none after a reload that worked, or failed for a reason that stays', (context) => {
    const { retries, pass, asked } = retriesOf(context);
    retries.after({ errorClass: undefined });
    retries.after({ errorClass: 'configuration' });
    pass();
    assert.equal(asked(), 0);
  });

  test('give way to a reload that comes first, and to the end of the service', (context) => {
    const { retries, pass, asked, fail } = retriesOf(context);
    retries.after(FAILED);
    retries.begin('file changed');
    pass();
    assert.equal(asked(), 0);
    retries.after(FAILED);
    retries.close();
    pass();
    assert.equal(fail(), 0);
    assert.equal(asked(), 0);
  });
});
