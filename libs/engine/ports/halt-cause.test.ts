import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChainError } from './chain-errors.ts';
import { HaltError, haltCauseOf, haltOf } from './halt-cause.ts';

test('the cause of a halt is that of its error, and unknown for all others', () => {
  const record = new ChainError('bad', { code: 'RECORD_CORRUPT', path: 'chain.db' });
  const store = new ChainError('bad', { code: 'CHAIN_STORE_CORRUPT', path: 'chain.db' });
  const foreign = new HaltError('seen', 'foreign-use');
  assert.deepEqual([record, store, foreign, new Error('?'), 'no error'].map(haltCauseOf), [
    'record',
    'store',
    'foreign-use',
    'other',
    'other',
  ]);
});

test('a monitor is told reason, code and cause together', () => {
  const fork = new ChainError('a fork', { code: 'CHAIN_FORK', height: 3n, final: 'a', certified: 'b' });
  assert.deepEqual(haltOf(fork), ['a fork', 'BYZANTINE_FORK', 'fork']);
  assert.deepEqual(haltOf('stopped'), ['stopped', undefined, 'other']);
});
