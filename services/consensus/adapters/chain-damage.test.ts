import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  blockUpon,
  branchUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
} from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { recordIn } from '#test/support/hotstuff/sealed.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

const VIEWS = 8;
const RUNS = 25;

let folder: string;
const records: SafetyRecord[] = [];
let log: Buffer;

const open = (path: string) =>
  openChainStore({
    path,
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
    mustExist: true,
  });

/** The files as a power cut leaves them: a database without anything, and a log with all that happened. */
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'chain-damage-'));
  const path = join(folder, 'chain.db');
  const store = openChainStore({
    path,
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  });
  for (let view = 1; view <= VIEWS; view++) {
    const { header, digest, frontier, certificate } = store.tip();
    const { block, frontier: next } = blockUpon(
      { block: { header, digest, transactions: [] }, frontier },
      view * 10,
      [`transaction ${view}`],
    );
    store.putBlock(block, next);
    const record = recordWith({
      view: toView(BigInt(view * 10)),
      commit: certificate,
      locked: certificateFor(block),
    });
    records.push(recordIn(record) ?? assert.fail());
    saveRecord(store, record);
    store.commit(certificateFor(block));
    const branch = branchUpon({ block, frontier: next }, 2, view * 10 + 1);
    store.extend(branch, certificateFor(branch[1]?.block ?? block));
  }
  copyFileSync(path, join(folder, 'base.db'));
  log = readFileSync(`${path}-wal`);
  store.close();
});

after(() => rmSync(folder, { recursive: true }));

/** Opens the database with this log beside it; undefined when it refuses, with a reason that names the file. */
function reopened<Result>(wal: Uint8Array, look: (store: ChainStore) => Result): Result | undefined {
  const path = join(folder, 'again.db');
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) rmSync(path + suffix);
  copyFileSync(join(folder, 'base.db'), path);
  writeFileSync(`${path}-wal`, wal);
  let store: ChainStore;
  try {
    store = open(path);
  } catch (error) {
    assert.ok(error instanceof AppError && error.message.includes(path), String(error));
    return undefined;
  }
  try {
    return look(store);
  } finally {
    store.close();
  }
}

/** The surviving data belong together, and the record is one that was saved. */
function assertWhole(store: ChainStore): bigint {
  const { height, digest } = store.tip();
  let parent = GENESIS.block.digest;
  for (let at = 1n; at <= height; at++) {
    const certified = store.certifiedBlock(toHeight(at));
    assert.equal(certified?.block.header.parent, parent);
    parent = certified?.block.digest ?? parent;
  }
  assert.equal(digest, parent);
  const record = recordIn(store.loadRecord());
  assert.ok(record === undefined || records.some(({ view }) => view === record.view));
  if (record !== undefined)
    assert.deepEqual(
      record,
      records.find(({ view }) => view === record.view),
    );
  assert.ok((record?.view ?? 0n) / 10n <= height / 3n + 1n);
  return record?.view ?? 0n;
}

describe('a write-ahead log (RULES.md A.31)', () => {
  test('that is whole loses nothing', () => {
    assert.equal(reopened(log, assertWhole), BigInt(VIEWS * 10));
    assert.equal(
      reopened(log, (store) => store.tip().height),
      BigInt(VIEWS * 3),
    );
  });

  test('that is torn anywhere ends with the last whole transaction, or is refused by name', () => {
    let views = 0;
    fc.assert(
      fc.property(fc.nat({ max: log.length }), (length) => {
        if (reopened(log.subarray(0, length), assertWhole) !== undefined) views += 1;
      }),
      { numRuns: RUNS },
    );
    assert.ok(views > 0);
  });

  test('that has zeros at its end, as some disks leave them, ends the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: log.length }), (length) => {
        reopened(Buffer.concat([log.subarray(0, length), Buffer.alloc(log.length - length)]), assertWhole);
      }),
      { numRuns: RUNS },
    );
  });

  test('that has a bit flipped brings nothing that was not written', () => {
    fc.assert(
      fc.property(fc.nat({ max: log.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
        const damaged = Buffer.from(log);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        reopened(damaged, assertWhole);
      }),
      { numRuns: RUNS },
    );
  });
});
