import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { branchUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain-fixture.ts';
import { ChainError } from '../core/chain-errors.ts';
import { openChainStore } from './open-chain-store.ts';
import { soundStore } from './sound-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sound-store-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'chain.db');

function withDamagedCertificate(): void {
  const store = openChainStore({ path, genesis: GENESIS.block, chainDigest: CHAIN_DIGEST, member: 'm0' });
  for (const { block, frontier } of branchUpon(GENESIS, 2, 1)) {
    store.putBlock(block, frontier);
    store.commit(certificateFor(block));
  }
  store.close();
  const db = new DatabaseSync(path);
  db.exec(`UPDATE certificate SET content = x'00'
    WHERE digest = (SELECT certificate FROM final WHERE height = 1)`);
  db.close();
}

/** A store whose only method throws this. */
function throwing(error: unknown) {
  const reasons: string[] = [];
  const read = (): never => {
    throw error;
  };
  return { reasons, store: soundStore({ read }, path, (reason) => reasons.push(reason)) };
}

describe('soundStore', () => {
  test('tells of damage where only a client asks for it, and gives a ChainError', () => {
    withDamagedCertificate();
    const reasons: string[] = [];
    const options = { path, genesis: GENESIS.block, chainDigest: CHAIN_DIGEST, member: 'm0' };
    const store = soundStore(openChainStore(options), path, (reason) => reasons.push(reason));
    const height = toHeight(1n);
    assert.ok(store.blockAt(height));
    assert.throws(() => store.certifiedBlock(height), {
      name: 'ChainError',
      detail: { code: 'CHAIN_STORE_CORRUPT', path },
    });
    assert.match(reasons[0] ?? '', /chain\.db is damaged \(certificate .*\): stop this member, .* put back/);
    store.close();
  });

  test('lets a ChainError through', () => {
    const error = new ChainError('fork', { code: 'CHAIN_DIVERGED', height: 1n });
    const { store, reasons } = throwing(error);
    assert.throws(() => store.read(), error);
    assert.deepEqual(reasons, []);
  });

  test('takes no value that SQLite refuses for damage', () => {
    const { store, reasons } = throwing(
      Object.assign(new TypeError('too large'), { code: 'ERR_INVALID_ARG_VALUE' }),
    );
    assert.throws(() => store.read(), TypeError);
    assert.deepEqual(reasons, []);
  });

  test('says that the disk is full when it is', () => {
    const { store, reasons } = throwing(
      Object.assign(new Error('database or disk is full'), { errcode: 13 }),
    );
    assert.throws(() => store.read(), ChainError);
    assert.match(reasons[0] ?? '', /cannot be written, the disk is full: mend that, then start/);
  });

  test('changes nothing in a sound store, with its private fields', () => {
    const sound = join(folder, 'sound.db');
    const options = { path: sound, genesis: GENESIS.block, chainDigest: CHAIN_DIGEST, member: 'm0' };
    const store = soundStore(openChainStore(options), sound, assert.fail);
    assert.equal(store.blockAt(toHeight(0n))?.digest, GENESIS.block.digest);
    assert.equal(store.tip().height, 0n);
    assert.equal(store.certifiedBlock(toHeight(2n ** 64n - 1n)), undefined);
    store.close();
  });
});
