import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, describe, test } from 'node:test';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { SIGNED_VIEW, signedPlace, signTimeout, startIn } from '#test/support/signer/signer-place.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { openCustody } from './custody.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-drills-'));
after(() => rmSync(base, { recursive: true, force: true }));
let origin = '';
before(async () => {
  origin = join(mkdtempSync(join(base, 'o-')), 'signer');
  await signedPlace(origin);
});

let folder = '';
const path = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = join(mkdtempSync(join(base, 'f-')), 'signer');
  cpSync(origin, folder, { recursive: true });
});

const outcome = async (): Promise<string> => (await startIn(folder)).outcome;

/** The folder as `kill -9` leaves it, after one slot more: with a log beside the record. */
async function killedAfter(view: bigint): Promise<void> {
  const { ledger, key, custodian } = await openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
  const next = withNewSession(custodian.state);
  ledger.change(next, auditOf(next, 'SESSION', ''));
  const image = join(mkdtempSync(join(base, 'k-')), 'signer');
  cpSync(folder, image, { recursive: true });
  ledger.close();
  key.close();
  folder = image;
  assert.ok(statSync(path('signer.db-wal')).size > 0, `nothing was written after view ${view}`);
}

describe('a wrong restore is noticed (services/signer/README.md R16)', () => {
  test('an older copy of the record, beside a mirror that was not set back', async () => {
    const older = readFileSync(path('signer.db'));
    await signTimeout(folder, SIGNED_VIEW + 1n);
    writeFileSync(path('signer.db'), older);
    assert.equal(await outcome(), 'quarantined');
  });

  test('a log of the record that is cut short by a row, or gone', async () => {
    await killedAfter(SIGNED_VIEW);
    const killed = folder;
    const size = statSync(path('signer.db-wal')).size;
    for (const left of [size - 1, Math.floor(size / 2), 32, 0]) {
      folder = join(mkdtempSync(join(base, 'w-')), 'signer');
      cpSync(killed, folder, { recursive: true });
      truncateSync(path('signer.db-wal'), left);
      assert.equal(await outcome(), 'quarantined', `${left} of ${size} bytes`);
    }
    rmSync(join(killed, 'signer.db-wal'));
    folder = killed;
    assert.equal(await outcome(), 'quarantined');
  });

  test('and a log that is whole is no reason', async () => {
    await killedAfter(SIGNED_VIEW);
    assert.equal(await outcome(), 'serving');
  });

  test('the log of another record', async () => {
    const stranger = join(mkdtempSync(join(base, 's-')), 'signer');
    await signedPlace(stranger);
    const mine = folder;
    folder = stranger;
    await killedAfter(SIGNED_VIEW);
    writeFileSync(join(mine, 'signer.db-wal'), readFileSync(path('signer.db-wal')));
    folder = mine;
    assert.match(await outcome(), /^CUSTODY_|^DATABASE_|^quarantined$/);
  });

  test('a record without its key, a key without its record, and both of another signer', async () => {
    const stranger = join(mkdtempSync(join(base, 's-')), 'signer');
    await signedPlace(stranger);
    const record = readFileSync(path('signer.db'));
    rmSync(path('signer.db'));
    assert.equal(await outcome(), 'CUSTODY_RECORD_MISSING');
    writeFileSync(path('signer.db'), readFileSync(join(stranger, 'signer.db')));
    assert.equal(await outcome(), 'CUSTODY_RECORD_FOREIGN');
    writeFileSync(path('signer.db'), record);
    rmSync(path('signer.key'));
    assert.equal(await outcome(), 'CUSTODY_KEY_MISSING');
  });

  test('a record of a newer program', async () => {
    edited('PRAGMA user_version = 99');
    assert.equal(await outcome(), 'DATABASE_NEWER');
  });

  test('record and mirror set back together are not noticed here: others must', async () => {
    const older = join(mkdtempSync(join(base, 'b-')), 'signer');
    cpSync(folder, older, { recursive: true });
    await signTimeout(folder, SIGNED_VIEW + 1n);
    folder = older;
    assert.equal(await outcome(), 'serving');
  });

  test('the same with the mirror on another disk is', async () => {
    const mirror = join(mkdtempSync(join(base, 'm-')), 'signer.mirror');
    cpSync(path('signer.mirror'), mirror);
    const older = join(mkdtempSync(join(base, 'b-')), 'signer');
    cpSync(folder, older, { recursive: true });
    const options = { protocol: 'hotstuff', backend: 'auto', mirror } as const;
    const first = await openCustody({ ...options, folder });
    first.ledger.close();
    const second = await openCustody({ ...options, folder: older });
    assert.match(second.quarantine ?? '', /older copy/);
    second.ledger.close();
  });
});

function edited(sql: string): void {
  const database = new DatabaseSync(path('signer.db'));
  database.exec(sql);
  database.close();
}

describe('a record is refused in which somebody lowered what the log knows', () => {
  for (const [name, sql] of [
    ['the mark with its slot', 'DELETE FROM slot; DELETE FROM mark'],
    ['a slot', `UPDATE slot SET digest = x'${'ab'.repeat(32)}'`],
    ['a slot for another view', 'UPDATE slot SET view = 4; UPDATE mark SET view = 4'],
    ['the session', 'UPDATE custody SET session = 0'],
  ] as const) {
    test(name, async () => {
      const { ledger, custodian } = await openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
      const next = withNewSession(custodian.state);
      ledger.change(next, auditOf(next, 'SESSION', ''));
      ledger.close();
      edited(sql);
      assert.equal(await outcome(), 'CUSTODY_RECORD_CORRUPT');
    });
  }

  for (const mode of ['quarantined', 'retired'] as const) {
    test(`that the key is ${mode}`, async () => {
      const { ledger, custodian } = await openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
      const next = withMode(custodian.state, mode);
      ledger.change(next, auditOf(next, mode === 'retired' ? 'RETIRED' : 'QUARANTINE', ''));
      ledger.close();
      assert.equal(await outcome(), mode);
      edited("UPDATE custody SET mode = 'active'");
      assert.equal(await outcome(), 'CUSTODY_RECORD_CORRUPT');
    });
  }
});
