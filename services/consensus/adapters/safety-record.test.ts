import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import {
  blockUpon,
  branchUpon,
  CHAIN_DIGEST,
  certificateFor,
  GENESIS,
  recordWith,
  timeoutCertificateFor,
} from '#test/support/chain/chain-fixture.ts';
import { saveRecord } from '#test/support/chain/save-record.ts';
import { recordIn } from '#test/support/hotstuff/sealed.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

let folder: string;
let path: string;
let store: ChainStore;

const open = (protocol: HostedProtocol = HOTSTUFF) =>
  openChainStore({
    path,
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol,
    member: 'm0',
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safety-record-'));
  path = join(folder, 'chain.db');
  store = open();
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

/** Does something to the closed database, and opens the store again. */
function behind<Result>(act: (db: DatabaseSync) => Result): Result {
  store.close();
  const db = new DatabaseSync(path);
  const result = act(db);
  db.close();
  store = open();
  return result;
}

const count = (table: string) =>
  behind((db) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']));

const branch = branchUpon(GENESIS, 4, 1);
const blocks = branch.map(({ block }) => block);
const ref = (index: number) => ({ height: toHeight(BigInt(index + 1)), digest: blocks[index]!.digest });

const FIELDS: Partial<SafetyRecord> = {
  view: toView(5n),
  voted: { prepare: ref(3), 'pre-commit': ref(3), commit: ref(3) },
  timedOut: { view: toView(4n), high: certificateFor(blocks[1]!, 'prepare') },
  proposed: { ...ref(3), view: toView(5n) },
  high: certificateFor(blocks[2]!, 'prepare'),
  locked: certificateFor(blocks[2]!, 'pre-commit'),
  commit: certificateFor(blocks[1]!, 'commit'),
  timeoutCertificate: timeoutCertificateFor(4, certificateFor(blocks[1]!, 'prepare')),
};
const FULL = recordWith(FIELDS);

describe('the safety record', () => {
  test('comes back after a restart as it was saved', () => {
    for (const record of [recordWith(), FULL, recordWith({ view: toView(2n ** 64n - 1n) })]) {
      saveRecord(store, record);
      assert.deepEqual(store.loadRecord(), record);
      store.close();
      store = open();
      assert.deepEqual(store.loadRecord(), record);
    }
  });

  test('comes back whatever was in it', () => {
    // Blocks by number, so that a failure prints numbers and no signatures.
    const index = fc.nat(3);
    const maybe = fc.option(index, { nil: undefined });
    const view = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(toView);
    const anyChoice = fc.record({
      view,
      prepare: maybe,
      late: maybe,
      timedOut: maybe,
      high: index,
      locked: maybe,
    });
    const mapped = <Value>(at: number | undefined, make: (at: number) => Value) =>
      at === undefined ? undefined : make(at);
    fc.assert(
      fc.property(anyChoice, (choice) => {
        const prepare = mapped(choice.prepare, ref);
        const late = mapped(choice.late, ref);
        const record = recordWith({
          view: choice.view,
          voted: { ...(prepare && { prepare }), ...(late && { 'pre-commit': late, commit: late }) },
          timedOut: mapped(choice.timedOut, (at) => ({
            view: choice.view,
            high: certificateFor(blocks[at]!, 'prepare'),
          })),
          high: certificateFor(blocks[choice.high]!, 'prepare'),
          locked: mapped(choice.locked, (at) => certificateFor(blocks[at]!, 'pre-commit')),
        });
        saveRecord(store, record);
        assert.deepEqual(store.loadRecord(), record);
      }),
      { numRuns: 50 },
    );
  });

  test('is one row, and keeps no certificate that it no longer names', () => {
    for (const block of blocks) saveRecord(store, recordWith({ high: certificateFor(block, 'prepare') }));
    assert.equal(count('safety_record'), 1);
    // The commit certificate of genesis (also of the chain), and the newest prepare certificate.
    assert.equal(count('certificate'), 2);
    assert.ok(store.loadRecord());
    saveRecord(store, recordWith());
    assert.equal(count('certificate'), 2);
  });

  test('has its certificate again when it names one that was dropped in between', () => {
    const high = certificateFor(blocks[0]!, 'prepare');
    for (const each of [high, certificateFor(blocks[1]!, 'prepare'), high]) {
      saveRecord(store, recordWith({ high: each }));
      assert.deepEqual(recordIn(store.loadRecord())?.high, each);
    }
  });

  test('keeps no more after a restart than without one', () => {
    saveRecord(store, FULL);
    store.close();
    store = open();
    store.loadRecord();
    saveRecord(store, recordWith());
    assert.equal(count('certificate'), 2);
  });

  test('leaves the certificates of the chain alone', () => {
    const [one, two] = branch;
    store.putBlock(one!.block, one!.frontier);
    store.putBlock(two!.block, two!.frontier);
    const certificate = certificateFor(one!.block);
    saveRecord(store, recordWith({ commit: certificate }));
    store.commit(certificate);
    saveRecord(store, recordWith({ commit: certificateFor(two!.block) }));
    assert.deepEqual(store.certifiedBlock(toHeight(1n))?.certificate, certificate);
  });

  test('writes a certificate once, however often it is saved', () => {
    const write = () => saveRecord(store, recordWith({ ...FIELDS, view: toView(6n) }));
    write();
    const before = behind((db) => db.prepare('SELECT max(rowid) AS n FROM certificate').get()?.['n']);
    assert.deepEqual(recordIn(store.loadRecord())?.high, FIELDS.high);
    write();
    write();
    assert.equal(
      behind((db) => db.prepare('SELECT max(rowid) AS n FROM certificate').get()?.['n']),
      before,
    );
  });
});

describe('a record of an older version', () => {
  const sum = (text: string) => createHash('sha256').update(text).digest();
  /** Gives the row the checksum of its text alone, as versions before this one wrote it. */
  const age = (protocol: string | null) => {
    saveRecord(store, FULL);
    behind((db) => {
      const text = String(db.prepare('SELECT content FROM safety_record').get()?.['content']);
      db.prepare('UPDATE safety_record SET checksum = ?, protocol = ?').run(sum(text), protocol);
    });
  };

  for (const [title, protocol] of [
    ['that says no protocol', null],
    ['whose protocol is not under its checksum', HOTSTUFF.id],
  ] as const) {
    test(`${title} is read, and is of this version when it is saved again`, () => {
      age(protocol);
      assert.deepEqual(store.loadRecord(), FULL);
      saveRecord(store, FULL);
      const row = behind((db) => db.prepare('SELECT content, checksum, protocol FROM safety_record').get());
      assert.equal(row?.['protocol'], HOTSTUFF.id);
      assert.deepEqual(row?.['checksum'], new Uint8Array(sum(`${HOTSTUFF.id}\n${row?.['content']}`)));
    });
  }

  test('is refused when it says another protocol than the genesis, whichever that is', () => {
    const refused = { message: /safety record in .* is damaged/ };
    age('pbft');
    assert.throws(() => store.loadRecord(), refused);
    age(HOTSTUFF.id);
    store.close();
    store = open({ ...HOTSTUFF, id: 'pbft' });
    assert.throws(() => store.loadRecord(), refused);
  });
});

describe('recordState', () => {
  test('is virgin before anything happened, and present once saved', () => {
    assert.equal(store.recordState(), 'virgin');
    assert.equal(store.loadRecord(), undefined);
    saveRecord(store, recordWith());
    assert.equal(store.recordState(), 'present');
  });

  test('is missing when a record was there before', () => {
    saveRecord(store, recordWith());
    behind((db) => db.exec('DELETE FROM safety_record'));
    assert.equal(store.recordState(), 'missing');
  });

  test('is virgin for a member that fetched blocks and never voted', () => {
    const one = blockUpon(GENESIS, 1);
    store.putBlock(one.block, one.frontier);
    store.commit(certificateFor(one.block));
    store.close();
    store = open();
    assert.equal(store.recordState(), 'virgin');
  });

  test('is missing for a member that voted, however many blocks it holds', () => {
    const one = blockUpon(GENESIS, 1);
    store.putBlock(one.block, one.frontier);
    saveRecord(store, recordWith());
    store.commit(certificateFor(one.block));
    behind((db) => db.exec('DELETE FROM safety_record'));
    assert.equal(store.recordState(), 'missing');
  });
});

describe('a damaged record', () => {
  const refused = {
    name: 'ChainError',
    message: /safety record in .* is damaged: this member must not vote/,
    detail: { code: 'RECORD_CORRUPT', path: '' },
  };
  beforeEach(() => {
    refused.detail.path = path;
    saveRecord(store, FULL);
  });

  test('is refused whichever bit of it was flipped', () => {
    const content = behind((db) =>
      String(db.prepare('SELECT content FROM safety_record').get()?.['content']),
    );
    for (let bit = 0; bit < content.length * 8; bit += 37) {
      const bent = Buffer.from(content);
      bent[bit >> 3]! ^= 1 << (bit & 7);
      behind((db) => db.prepare('UPDATE safety_record SET content = ?').run(bent.toString('latin1')));
      assert.throws(() => store.loadRecord(), refused, `bit ${bit}`);
      assert.throws(() => store.recordState(), refused, `bit ${bit}`);
    }
  });

  for (const [what, other] of [
    ['another protocol', "'pbft'"],
    ['no protocol, as records of before had none', 'NULL'],
  ] as const) {
    test(`is refused when it was made one of ${what}`, () => {
      behind((db) => db.exec(`UPDATE safety_record SET protocol = ${other}`));
      assert.throws(() => store.loadRecord(), refused);
    });
  }

  test('is refused when its checksum was changed', () => {
    behind((db) => db.exec('UPDATE safety_record SET checksum = zeroblob(32)'));
    assert.throws(() => store.loadRecord(), refused);
  });

  test('is refused when it names a certificate that is gone', () => {
    behind((db) => db.exec('DELETE FROM certificate WHERE digest NOT IN (SELECT certificate FROM final)'));
    assert.throws(() => store.loadRecord(), refused);
  });

  test('is refused when one of its certificates was changed', () => {
    behind((db) => {
      db.exec(
        `UPDATE certificate SET content = CAST(substr(content, 1, length(content) - 1) || x'01' AS BLOB)
         WHERE digest NOT IN (SELECT certificate FROM final)`,
      );
    });
    assert.throws(() => store.loadRecord(), refused);
  });

  test('is refused when the disk changed a bit of the file itself', () => {
    store.close();
    const file = readFileSync(path);
    const at = file.indexOf('"view":"5"');
    assert.ok(at > 0);
    file[at + 8]! ^= 1;
    writeFileSync(path, file);
    store = open();
    assert.throws(() => store.loadRecord(), refused);
  });

  test('is refused when it is of a version that this program does not know', () => {
    const digest = toDigest('0'.repeat(64));
    assert.notEqual(digest, CHAIN_DIGEST);
    behind((db) =>
      db.exec(`UPDATE safety_record SET content = replace(content, '"version":1', '"version":2')`),
    );
    assert.throws(() => store.loadRecord(), refused);
  });
});
