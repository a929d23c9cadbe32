import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digestBytes, toDigest } from '#libs/chain/ids.ts';
import { ed25519FromSeed, ed25519Sign } from '#libs/crypto/ed25519.ts';
import { headBytes } from '#libs/protocol/audit-head.ts';
import { auditRowsAnswer } from '../record/audit-wire.ts';
import { AUDIT_START, type AuditEnd, type AuditRow, nextRow } from '../record/rules/audit-entry.ts';
import { AUDIT_ANSWER_ROWS } from '../words/limits.ts';
import { auditOfRunning } from './running-audit.ts';

const OWNER = { chain: toDigest('c'.repeat(64)), publicKey: new Uint8Array([7]) };
const KEY = ed25519FromSeed(new Uint8Array(32).fill(1));
const ROWS = 2 * AUDIT_ANSWER_ROWS + 5;

function rowsAfter(start: AuditEnd, count: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let index = 0; index < count; index++) {
    const [session, epoch, instance] = [1n, 0n, 0n];
    rows.push(
      nextRow(rows.at(-1) ?? start, {
        ...{ atMs: 5n, outcome: 'SIGNED', session, epoch, instance, view: BigInt(index) },
        ...{ kind: 'prepare', digest: toDigest('a'.repeat(64)) },
      }),
    );
  }
  return rows;
}

/** A core that says these rows, and this end. */
function coreWith(
  rows: readonly AuditRow[],
  { end = rows.at(-1), start = AUDIT_START }: { end?: AuditEnd | undefined; start?: AuditEnd } = {},
) {
  const head = end && {
    ...{ sequence: end.sequence, hash: end.hash, publicKey: KEY.publicKey },
    signature: ed25519Sign(KEY.secretKey, headBytes(OWNER, end)),
  };
  let asked = 0;
  const admin = {
    getCustody: async () =>
      ({ chainDigest: digestBytes(OWNER.chain), publicKey: OWNER.publicKey, auditHead: head }) as never,
    listAuditRows: async ({ after }: { after: bigint }) => {
      asked += 1;
      const auditRows = (sequence: bigint, limit: number) =>
        rows.filter((row) => row.sequence > sequence).slice(0, limit);
      return auditRowsAnswer({ auditStart: () => start, auditRows }, after);
    },
  };
  return { admin, asked: () => asked };
}

const verdictOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => 'holds',
    (error: Error & { detail?: { verdict?: string } }) => error.detail?.verdict,
  );

describe('the audit log of a signer that runs', () => {
  const rows = rowsAfter(AUDIT_START, ROWS);

  test('is read some rows at a time, and hashed again by who asks', async () => {
    const { admin, asked } = coreWith(rows);
    const noted = rows[AUDIT_ANSWER_ROWS + 3];
    const { head, chain } = await auditOfRunning(admin, { path: 'x', noted, key: KEY.publicKey });
    assert.deepEqual([head.sequence, chain, asked()], [BigInt(ROWS), OWNER.chain, 3]);
  });

  test('ends with the row that was synced when it was asked, though more were written since', async () => {
    const kept: AuditRow[] = [];
    const keep = { begin: () => {}, rows: async (page: readonly AuditRow[]) => void kept.push(...page) };
    const { admin } = coreWith(rows, { end: rows[AUDIT_ANSWER_ROWS - 1] });
    await auditOfRunning(admin, { path: 'x', keep });
    assert.deepEqual(kept, rows.slice(0, AUDIT_ANSWER_ROWS));
  });

  test('begins where the core still keeps it', async () => {
    const start = rows[9] ?? AUDIT_START;
    const { admin } = coreWith(rows.slice(10), { start });
    const { after } = await auditOfRunning(admin, { path: 'x' });
    assert.deepEqual(after, { sequence: 10n, hash: start.hash });
    assert.equal(await verdictOf(auditOfRunning(admin, { path: 'x', noted: rows[4] })), 'rows-missing');
  });

  for (const [verdict, what, said, end] of [
    [
      'edited',
      'a row that was changed',
      rows.with(70, { ...(rows[70] as AuditRow), view: 99n }),
      rows.at(-1),
    ],
    ['rows-missing', 'a row that is gone', rows.toSpliced(70, 1), rows.at(-1)],
    ['truncated', 'no rows up to its end', rows.slice(0, -3), rows.at(-1)],
    ['forked', 'another hash than it signed', rows, { sequence: BigInt(ROWS), hash: new Uint8Array(32) }],
  ] as const) {
    test(`is ${verdict} when the core says ${what}`, async () => {
      const { admin } = coreWith(said, { end });
      assert.equal(await verdictOf(auditOfRunning(admin, { path: 'x' })), verdict);
    });
  }

  test('is believed with the key and the row that were expected alone', async () => {
    const { admin } = coreWith(rows);
    const [row] = rows as [AuditRow];
    const wrong = { ...row, hash: new Uint8Array(32) };
    assert.equal(await verdictOf(auditOfRunning(admin, { path: 'x', noted: wrong })), 'forked');
    const later = { ...row, sequence: BigInt(ROWS + 1) };
    assert.equal(await verdictOf(auditOfRunning(admin, { path: 'x', noted: later })), 'set-back');
    assert.equal(await verdictOf(auditOfRunning(admin, { path: 'x', key: new Uint8Array(32) })), 'other-key');
  });
});
