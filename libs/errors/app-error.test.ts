import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from './app-error.ts';

test('an AppError keeps code, facts, message and cause', () => {
  const cause = new Error('disk');
  const error = new AppError('cannot write', { code: 'CHAIN_WRITE_FAILED', height: 9n }, { cause });
  assert.equal(error.name, 'AppError');
  assert.equal(error.message, 'cannot write');
  assert.deepEqual(error.detail, { code: 'CHAIN_WRITE_FAILED', height: 9n });
  assert.equal(error.cause, cause);
  assert.match(error.stack ?? '', /app-error\.test/);
});

test('a kind of AppError has its own name and is still one', () => {
  class ShelfError extends AppError<{ readonly code: 'SHELF_FULL' }> {
    override readonly name = 'ShelfError';
  }
  const error = new ShelfError('full', { code: 'SHELF_FULL' });
  assert.ok(error instanceof AppError);
  assert.equal(error.name, 'ShelfError');
  assert.match(String(error), /^ShelfError: full$/);
});
