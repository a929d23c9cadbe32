import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { AppError } from '#libs/errors/app-error.ts';
import { ERROR_CODE_KEY, toServiceError } from './status.ts';

const statusByCode = { SHELF_FULL: 'RESOURCE_EXHAUSTED', SHELF_GONE: status.NOT_FOUND } as const;

describe('toServiceError', () => {
  test('keeps code, message and trailer of an error that we foresaw', () => {
    const error = new AppError('full', { code: 'SHELF_FULL', trailer: { 'shelf-height': '7' } });
    const { code, details, metadata } = toServiceError(error, statusByCode);
    assert.deepEqual([code, details], [status.RESOURCE_EXHAUSTED, 'full']);
    assert.deepEqual(metadata.getMap(), { [ERROR_CODE_KEY]: 'SHELF_FULL', 'shelf-height': '7' });
  });

  test('takes a status by number, and says UNKNOWN for a code without one', () => {
    assert.equal(toServiceError(new AppError('gone', { code: 'SHELF_GONE' }), statusByCode).code, 5);
    assert.equal(toServiceError(new AppError('odd', { code: 'SHELF_ODD' }), statusByCode).code, 2);
  });

  test('says nothing about any other error: its message may hold a secret', () => {
    const { code, details, metadata } = toServiceError(new TypeError('secret key 0xabc'), statusByCode);
    assert.deepEqual([code, details, metadata.getMap()], [status.INTERNAL, 'internal error', {}]);
  });
});
