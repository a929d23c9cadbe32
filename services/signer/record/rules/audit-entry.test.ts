import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { headBytes } from '#libs/protocol/audit-head.ts';
import { AUDIT_START, type AuditEntry, type AuditRow, auditEnd, nextRow } from './audit-entry.ts';

const ENTRY: AuditEntry = {
  atMs: 1_700_000_000_000n,
  outcome: 'SIGNED',
  session: 3n,
  epoch: 0n,
  instance: 0n,
  view: 7n,
  kind: 'prepare',
  digest: toDigest('a'.repeat(64)),
};

function chain(count: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let index = 0; index < count; index++) {
    rows.push(nextRow(rows.at(-1) ?? AUDIT_START, { ...ENTRY, view: BigInt(index) }));
  }
  return rows;
}

describe('the audit chain', () => {
  test('has a hash that stays what it is', () => {
    assert.equal(
      toHex(nextRow(AUDIT_START, ENTRY).hash),
      'b8f3069a6aa92d80631032e8916ffbc934b453ebc5d960b2dbcb6fb2880057fb',
    );
  });

  test('runs through when nothing was changed, from its start or from any row', () => {
    const rows = chain(5);
    const last = rows[4];
    assert.deepEqual(auditEnd(AUDIT_START, rows), last);
    assert.deepEqual(auditEnd(rows[1] ?? AUDIT_START, rows.slice(2)), last);
  });

  for (const [field, value] of Object.entries({
    atMs: 1n,
    outcome: 'STALE_SLOT',
    session: 4n,
    epoch: 1n,
    instance: 1n,
    view: 99n,
    kind: 'commit',
    digest: toDigest('b'.repeat(64)),
    hash: new Uint8Array(32),
    sequence: 9n,
  })) {
    test(`breaks where ${field} of a row was changed`, () => {
      const rows = chain(5);
      const changed = rows.map((row, index) =>
        index === 2 ? ({ ...row, [field]: value } as AuditRow) : row,
      );
      const verdict = field === 'sequence' ? 'rows-missing' : 'edited';
      assert.deepEqual(auditEnd(AUDIT_START, changed), { broken: 3n, verdict });
    });
  }

  test('breaks where a row was taken out, put in or moved', () => {
    const [a, b, c, d] = chain(4) as [AuditRow, AuditRow, AuditRow, AuditRow];
    assert.deepEqual(auditEnd(AUDIT_START, [a, c, d]), { broken: 2n, verdict: 'rows-missing' });
    assert.deepEqual(auditEnd(AUDIT_START, [a, a, b]), { broken: 2n, verdict: 'reordered' });
    assert.deepEqual(auditEnd(AUDIT_START, [a, b, d, c]), { broken: 3n, verdict: 'reordered' });
    assert.deepEqual(auditEnd(AUDIT_START, [b, c]), { broken: 1n, verdict: 'rows-missing' });
  });

  test('has heads that name chain, key, length and hash', () => {
    const owner = { chain: toDigest('c'.repeat(64)), publicKey: new Uint8Array([1, 2]) };
    const [end] = chain(1) as [AuditRow];
    const heads = [
      headBytes(owner, end),
      headBytes({ ...owner, chain: toDigest('d'.repeat(64)) }, end),
      headBytes({ ...owner, publicKey: new Uint8Array([1]) }, end),
      headBytes(owner, { ...end, sequence: 2n }),
      headBytes(owner, AUDIT_START),
    ].map(toHex);
    assert.equal(new Set(heads).size, heads.length);
  });
});
