import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  blockUpon,
  branchUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
} from '#test/support/chain/chain-fixture.ts';
import { type ChainStoreOptions, openChainStore } from './open-chain-store.ts';

let folder: string;
let options: ChainStoreOptions;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-chain-store-'));
  options = {
    path: join(folder, 'chain.db'),
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  };
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Changes the closed database behind the store's back. */
function tamper(sql: string, ...values: (string | Uint8Array)[]): void {
  const db = new DatabaseSync(options.path);
  db.prepare(sql).run(...values);
  db.close();
}

function withThreeBlocks(): void {
  const branch = branchUpon(GENESIS, 3, 1);
  const store = openChainStore(options);
  for (const { block, frontier } of branch) store.putBlock(block, frontier);
  store.commit(certificateFor(branch[1]!.block));
  store.close();
}

describe('openChainStore', () => {
  test('makes a file for its owner alone', () => {
    openChainStore(options).close();
    assert.equal(statSync(options.path).mode & 0o777, 0o600);
  });

  test('opens the same chain again', () => {
    withThreeBlocks();
    const store = openChainStore({ ...options, mustExist: true });
    assert.equal(store.tip().height, 2n);
    store.close();
  });

  test('refuses to make a database that should be there', () => {
    assert.throws(() => openChainStore({ ...options, mustExist: true }), {
      detail: { code: 'DATABASE_MISSING', path: options.path },
    });
  });

  test('refuses a database without a chain where one should be', () => {
    new DatabaseSync(options.path).close();
    assert.throws(() => openChainStore({ ...options, mustExist: true }), {
      detail: { code: 'CHAIN_STORE_CORRUPT', path: options.path },
    });
  });

  for (const [name, change] of [
    ['another genesis file', { chainDigest: toDigest('0f'.repeat(32)) }],
    ['another genesis block', { genesis: genesisBlock({ genesisTimeMs: 1n }) }],
  ] as const) {
    test(`refuses the database of ${name}`, () => {
      openChainStore(options).close();
      assert.throws(() => openChainStore({ ...options, ...change }), {
        name: 'ChainError',
        message: /belongs to another chain: check genesis\.json/,
        detail: { code: 'CHAIN_STORE_OTHER_CHAIN', path: options.path },
      });
    });
  }

  test('A.32 refuses the database of another member, and takes one of an earlier version for its own', () => {
    withThreeBlocks();
    const ofAnother = { ...options, member: 'm1' };
    assert.throws(() => openChainStore(ofAnother), {
      message: /is of the member m0, not of m1: it does not know what m1 voted for/,
      detail: { code: 'CHAIN_STORE_OTHER_MEMBER', path: options.path },
    });
    tamper('DELETE FROM owner');
    openChainStore(ofAnother).close();
    assert.throws(() => openChainStore(options), { name: 'ChainError' });
  });

  test('refuses a second process', () => {
    const store = openChainStore(options);
    assert.throws(() => openChainStore(options), { detail: { code: 'DATABASE_LOCKED', path: options.path } });
    store.close();
  });

  test('refuses a file that is no database', () => {
    writeFileSync(options.path, 'not a database, but longer than a header of one'.repeat(100));
    assert.throws(() => openChainStore(options), {
      detail: { code: 'DATABASE_CORRUPT', path: options.path },
    });
  });

  const other = blockUpon(GENESIS, 77);
  for (const [name, sql, ...values] of [
    ['no row of the chain', 'DELETE FROM chain'],
    ['no certificate of its tip', 'UPDATE final SET certificate = NULL'],
    ['a damaged certificate', 'UPDATE certificate SET content = zeroblob(51300)'],
    ['a damaged header', 'UPDATE block SET header = zeroblob(length(header)) WHERE id = 3'],
    [
      'the digest of another block',
      'UPDATE block SET digest = ? WHERE id = 3',
      Buffer.from(other.block.digest, 'hex'),
    ],
    ['a damaged frontier', 'UPDATE block SET frontier = substr(frontier, 2) WHERE id = 3'],
    ['another state', 'UPDATE block SET frontier = (SELECT frontier FROM block WHERE id = 2) WHERE id = 3'],
    [
      'the certificate of another block',
      'UPDATE final SET certificate = (SELECT certificate FROM final WHERE height = 0) WHERE height = 2',
    ],
    ['an undecided block under another digest', 'UPDATE block SET digest = zeroblob(32) WHERE id = 4'],
    [
      'a flipped bit in a transaction that is not decided',
      "UPDATE block SET transactions = CAST(replace(CAST(transactions AS TEXT), 'transaction', 'trbnsaction') AS BLOB) WHERE id = 4",
    ],
    ['a damaged undecided block', 'UPDATE block SET transactions = zeroblob(9) WHERE id = 4'],
  ] as const) {
    test(`refuses a database with ${name}, and says what to do`, () => {
      withThreeBlocks();
      tamper(sql, ...values);
      assert.throws(() => openChainStore(options), {
        message: /is damaged: keep it aside/,
        detail: { code: 'CHAIN_STORE_CORRUPT', path: options.path },
      });
    });
  }

  test('leaves the file to others after it refused it', () => {
    withThreeBlocks();
    assert.throws(() => openChainStore({ ...options, chainDigest: toDigest('0f'.repeat(32)) }));
    openChainStore(options).close();
  });
});
