import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { CryptoError } from '#libs/crypto/errors.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import { DatabaseError } from '#libs/sqlite/database-error.ts';
import { ClientError } from '#services/consensus/adapters/client/client-errors.ts';
import { API_STATUS } from '#services/consensus/adapters/grpc-status.ts';

const cause = new Error('what really happened');
const path = '/home/consensus/chain.db';

/** One of each family. */
const FAMILIES: Readonly<Record<string, AppError>> = {
  network: new RemoteError(
    'away',
    { code: 'REMOTE_CALL_FAILED', method: 'GetStatus', status: 'UNAVAILABLE' },
    { cause },
  ),
  storage: new DatabaseError('damaged', { code: 'DATABASE_CORRUPT', path }, { cause }),
  chain: new ChainError('damaged', { code: 'CHAIN_STORE_CORRUPT', path }, { cause }),
  crypto: new CryptoError('no such scheme', { code: 'CRYPTO_UNKNOWN_SCHEME', scheme: 'x' }, { cause }),
  validation: new ClientError('no', { code: 'CONSENSUS_REQUEST_INVALID', field: 'limit' }, { cause }),
};

test('HS-45 errors of network, storage, crypto and validation are families of their own, with a code and their cause', () => {
  const families = Object.values(FAMILIES);
  assert.equal(new Set(families.map(({ name }) => name)).size, families.length);
  for (const [family, error] of Object.entries(FAMILIES)) {
    assert.ok(error instanceof AppError && error.name !== 'AppError', family);
    assert.equal(typeof error.detail.code, 'string');
    assert.equal(error.cause, cause, `${family} keeps what caused it`);
  }
});

test('HS-45 every refusal of the client API has a gRPC status that tells whether to try again', () => {
  const kinds = new Set<number>(Object.values(API_STATUS));
  for (const needed of [
    'INVALID_ARGUMENT',
    'NOT_FOUND',
    'RESOURCE_EXHAUSTED',
    'UNAVAILABLE',
    'DATA_LOSS',
  ] as const) {
    assert.ok(kinds.has(status[needed]), needed);
  }
  // These would say nothing about what went wrong.
  for (const silent of ['OK', 'UNKNOWN', 'INTERNAL'] as const) assert.ok(!kinds.has(status[silent]), silent);
});
