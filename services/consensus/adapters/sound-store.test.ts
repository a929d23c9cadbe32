import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { branchUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { openChainStore } from './open-chain-store.ts';
import { heldStore, readStore, soundStore } from './sound-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sound-store-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'chain.db');

function withDamagedCertificate(): void {
  const store = openChainStore({
    path,
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  });
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

/** An error stands for the end of the process: nothing after it happens. */
class Ended extends Error {}

/** Notes what a store does to its member. */
function fate() {
  const reasons: string[] = [];
  const ends: string[] = [];
  return {
    reasons,
    ends,
    onDamage: (reason: string) => void reasons.push(reason),
    onDisk: (error: Error) => {
      ends.push(error.message);
      throw new Ended();
    },
  };
}

/** A store whose only method throws this. */
function throwing(error: unknown) {
  const told = fate();
  const read = (): never => {
    throw error;
  };
  return { ...told, store: soundStore({ read }, path, told) };
}

describe('soundStore', () => {
  test('F-06: a damaged final block is not held, and is no fault of the store', () => {
    withDamagedCertificate();
    const told = fate();
    const options = {
      path,
      genesis: GENESIS.block,
      chainDigest: CHAIN_DIGEST,
      protocol: HOTSTUFF,
      member: 'm0',
    };
    const store = soundStore(openChainStore(options), path, told);
    const height = toHeight(1n);
    assert.ok(store.blockAt(height));
    assert.equal(store.certifiedBlock(height), undefined);
    assert.equal(store.tip().height, 2n);
    assert.deepEqual([...told.reasons, ...told.ends], []);
    store.close();
  });

  test('tells of damage that the engine meets, and gives a ChainError', () => {
    const { store, reasons, ends } = throwing(Object.assign(new Error('malformed'), { errcode: 11 }));
    assert.throws(() => store.read(), { name: 'ChainError', detail: { code: 'CHAIN_STORE_CORRUPT', path } });
    assert.match(reasons[0] ?? '', /chain\.db is damaged \(malformed\): stop this member, .* put back/);
    assert.deepEqual(ends, []);
  });

  for (const errcode of [11, 10 | (1 << 8)]) {
    test(`F-06: what a reader meets is refused, and halts and ends nobody: result code ${errcode}`, () => {
      const read = (): number => {
        throw Object.assign(new Error('cannot be read'), { errcode });
      };
      const reasons: string[] = [];
      const note = (reason: string) => void reasons.push(reason);
      assert.throws(() => readStore({ read }, path, note).read(), {
        name: 'ChainError',
        detail: { code: 'CHAIN_STORE_CORRUPT', path },
      });
      assert.equal(heldStore({ read }, path, note).read(), undefined, 'other members get nothing');
      assert.equal(reasons.length, 2);
      assert.match(reasons[0] ?? '', /cannot be read where this was asked .*: ask another member/);
    });
  }

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

  for (const [name, errcode] of [
    ['full', 13],
    ['failing to sync', 10 | (4 << 8)],
    ['read-only', 8],
  ] as const) {
    test(`F-05: a disk that is ${name} ends the process within the very call, and halts no member`, () => {
      const { store, reasons, ends } = throwing(Object.assign(new Error('no disk'), { errcode }));
      assert.throws(() => store.read(), Ended);
      assert.match(ends[0] ?? '', /chain\.db cannot be read or written \(no disk\).* Free space on its disk/);
      assert.deepEqual(reasons, []);
    });
  }

  test('changes nothing in a sound store, with its private fields', () => {
    const sound = join(folder, 'sound.db');
    const options = {
      path: sound,
      genesis: GENESIS.block,
      chainDigest: CHAIN_DIGEST,
      protocol: HOTSTUFF,
      member: 'm0',
    };
    const store = soundStore(openChainStore(options), sound, { onDamage: assert.fail, onDisk: assert.fail });
    assert.equal(store.blockAt(toHeight(0n))?.digest, GENESIS.block.digest);
    assert.equal(store.tip().height, 0n);
    assert.equal(store.certifiedBlock(toHeight(2n ** 64n - 1n)), undefined);
    store.close();
  });
});
