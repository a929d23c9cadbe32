import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { ed25519FromSeed, ed25519Sign, ed25519Verify } from '#libs/crypto/ed25519.ts';
import { type AuditHead, headBytes } from '#libs/protocol/audit-head.ts';
import { auditFileText, parsedAuditFile } from '../adapters/audit-file.ts';
import { AuditHeads } from './audit-heads.ts';
import { AUDIT_HEADS_KEPT_MAX, AUDIT_KEYS_KEPT_MAX } from './core-limits.ts';
import { complaintsOf, type SeenAudit } from './seen-audit.ts';

const CHAIN = toDigest('c'.repeat(64));
const MEMBER = { name: 'dave', publicKey: new Uint8Array([7]) };
const KEY = ed25519FromSeed(new Uint8Array(32).fill(1));
const OTHER = ed25519FromSeed(new Uint8Array(32).fill(2));

/** A head of `MEMBER`; `branch` is in its hash. */
function headOf(
  sequence: number,
  { branch = 0, key = KEY, chain = CHAIN, publicKey = MEMBER.publicKey } = {},
): AuditHead {
  const end = { sequence: BigInt(sequence), hash: new Uint8Array(32).fill(branch) };
  const signature = ed25519Sign(key.secretKey, headBytes({ chain, publicKey }, end));
  return { ...end, signature, publicKey: key.publicKey };
}

function witness(restored: ReadonlyMap<string, SeenAudit> = new Map()) {
  const complaints: string[] = [];
  const heads = new AuditHeads({
    chain: CHAIN,
    restored,
    verify: ed25519Verify,
    nowMs: () => 5,
    onSeen: () => {},
    onComplaint: (member, complaint) => complaints.push(`${member}: ${complaint}`),
  });
  const shown = () => complaintsOf(heads.seen.get('dave') ?? assert.fail());
  const newest = () => heads.seen.get('dave')?.heads.at(-1)?.sequence;
  return { heads, complaints, newest, shown };
}

/** The member of an epoch whose roster names this audit key. */
function named({ publicKey: auditKey } = KEY) {
  return { ...MEMBER, auditKey };
}

function keyOf(seed: number) {
  return ed25519FromSeed(new Uint8Array(32).fill(seed));
}

describe('the audit logs of other signers', () => {
  test('are believed as long as they grow, and when a message is overtaken by a newer one', () => {
    const { heads, complaints, newest } = witness();
    for (const sequence of [1, 2, 5, 2, 5, 9]) assert.equal(heads.heard(MEMBER, headOf(sequence)), true);
    assert.deepEqual([complaints, newest()], [[], 9n]);
  });

  for (const [what, head, reason] of [
    ['a row that changed', headOf(5, { branch: 1 }), /^dave: row 5 .* forked$/],
    ['fewer rows', headOf(3), /^dave: its audit log had 6 rows, and has 3: .* set back$/],
    ['another audit key', headOf(7, { key: OTHER }), /^dave: its audit key was/],
  ] as const) {
    test(`are complained about for ${what}, once, for good and over a restart`, () => {
      const { heads, complaints, newest } = witness();
      for (const sequence of [4, 5, 6]) heads.heard(MEMBER, headOf(sequence));
      assert.equal(heads.heard(MEMBER, head), true);
      heads.heard(MEMBER, head);
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? '', reason);
      assert.equal(newest(), 6n);
      heads.heard(MEMBER, headOf(10));
      const kept = parsedAuditFile(auditFileText(heads.seen));
      assert.deepEqual(kept, heads.seen);
      assert.match(`dave: ${witness(kept).heads.seen.get('dave')?.complaint}`, reason);
    });
  }

  test('count for nothing when the head is not of that member, chain or key, or changed', () => {
    const { heads } = witness();
    const good = headOf(4);
    assert.equal(heads.heard({ ...MEMBER, publicKey: new Uint8Array([8]) }, good), false);
    assert.equal(heads.heard(MEMBER, headOf(4, { chain: toDigest('d'.repeat(64)) })), false);
    assert.equal(heads.heard(MEMBER, { ...good, publicKey: OTHER.publicKey }), false);
    assert.equal(heads.heard(MEMBER, { ...good, sequence: 5n }), false);
    assert.equal(heads.heard(MEMBER, { ...good, hash: new Uint8Array(31) }), false);
    assert.equal(heads.heard(MEMBER, { ...good, signature: new Uint8Array() }), false);
    assert.equal(heads.seen.size, 0);
  });

  test('are believed by the key that the members name alone; a head by another is refused, and said once', () => {
    const { heads, complaints, newest } = witness();
    assert.equal(heads.heard(named(), headOf(9, { key: OTHER })), false);
    assert.deepEqual(heads.seen.get('dave')?.heads, [], 'whoever comes first');
    assert.equal(heads.heard(named(), headOf(4)), true);
    assert.equal(heads.heard(named(), headOf(10, { key: OTHER })), false);
    assert.deepEqual([newest(), complaints.length], [4n, 1]);
    assert.match(
      complaints[0] ?? '',
      /^dave: the members name its audit key [0-9a-f]{64}, and a head is signed by [0-9a-f]{64}: it does not count/,
    );
    assert.equal(heads.seen.get('dave')?.complaint, '', 'no complaint of the true log');
  });

  test('begin anew when the members name another key than the one that was believed', () => {
    const { heads, complaints, newest } = witness();
    heads.heard(MEMBER, headOf(7, { key: OTHER }));
    heads.heard(MEMBER, headOf(8));
    assert.equal(complaints.length, 1, 'two keys, and nobody knows which is true');
    assert.equal(heads.heard(named(), headOf(3)), true);
    assert.deepEqual([newest(), heads.seen.get('dave')?.complaint], [3n, '']);
    heads.heard(named(), headOf(2));
    assert.match(complaints[1] ?? '', /set back/);
  });

  test('keep their complaint when the members name the key that was believed', () => {
    const { heads } = witness();
    for (const sequence of [4, 3]) heads.heard(MEMBER, headOf(sequence));
    heads.heard(named(), headOf(5));
    assert.match(heads.seen.get('dave')?.complaint ?? '', /set back/);
  });

  test('keep the complaint of a key that the members named, when they name another, over a restart', () => {
    const { heads, complaints, shown } = witness();
    heads.heard(named(), headOf(5));
    heads.heard(named(), headOf(5, { branch: 1 }));
    assert.equal(heads.heard(named(OTHER), headOf(1, { key: OTHER })), true);
    const reason = /^under its earlier audit key [0-9a-f]{64}: row 5 .* forked$/;
    assert.match(shown(), reason);
    assert.equal(complaints.length, 1);
    const kept = parsedAuditFile(auditFileText(heads.seen));
    assert.deepEqual(kept, heads.seen);
    const later = witness(kept);
    later.heads.heard(named(OTHER), headOf(2, { key: OTHER, branch: 1 }));
    later.heads.heard(named(OTHER), headOf(2, { key: OTHER }));
    assert.match(later.shown(), /^row 2 .* forked; under its earlier audit key .* row 5 .* forked$/);
    later.heads.heard(named(), headOf(6));
    assert.match(later.shown(), /^row 5 .* forked; under its earlier audit key .* row 2 .* forked$/);
  });

  test('begin anew with a new consensus key that the members voted for, also over a restart', () => {
    const before = witness();
    for (const sequence of [5, 6]) before.heads.heard(named(), headOf(sequence));
    const { heads, complaints, newest, shown } = witness(parsedAuditFile(auditFileText(before.heads.seen)));
    const rotated = { ...named(), publicKey: new Uint8Array([8]) };
    const later = (sequence: number, branch = 3) =>
      headOf(sequence, { branch, publicKey: rotated.publicKey });
    for (const sequence of [1, 2, 6]) assert.equal(heads.heard(rotated, later(sequence)), true);
    assert.deepEqual([complaints, newest(), shown()], [[], 6n, '']);
    assert.equal(heads.heard(rotated, headOf(7)), true, 'late, and no fault');
    assert.deepEqual([complaints, newest()], [[], 6n], 'and it says nothing of the new log');
    assert.equal(heads.heard(rotated, headOf(7, { publicKey: new Uint8Array([9]) })), false);
    heads.heard(rotated, later(2));
    heads.heard(rotated, later(6, 4));
    assert.match(complaints.join(), /^dave: row 6 .* forked$/, 'the new log is watched as the old one was');
    const kept = parsedAuditFile(auditFileText(heads.seen));
    assert.deepEqual(kept, heads.seen);
  });

  test('keep the complaint of a key that gave way to another', () => {
    const { heads, shown } = witness();
    for (const sequence of [5, 4]) heads.heard(named(), headOf(sequence));
    const rotated = { ...named(), publicKey: new Uint8Array([8]) };
    heads.heard(rotated, headOf(1, { publicKey: rotated.publicKey }));
    assert.match(shown(), /^in the log of its earlier key 07: .* set back$/);
  });

  test('are compared again with what they had, when the members name an earlier key again', () => {
    const { heads, complaints, newest } = witness();
    heads.heard(named(), headOf(5));
    heads.heard(named(OTHER), headOf(1, { key: OTHER }));
    heads.heard(named(), headOf(2, { branch: 7 }));
    assert.match(complaints.join(), /^dave: its audit log had 5 rows, and has 2: its record was set back$/);
    assert.equal(newest(), 5n);
  });

  test('are not complained of for heads that anybody may have signed before the members named a key', () => {
    const { heads, shown } = witness();
    heads.heard(MEMBER, headOf(7, { key: OTHER }));
    heads.heard(MEMBER, headOf(7, { key: OTHER, branch: 1 }));
    heads.heard(named(), headOf(3));
    assert.equal(shown(), '');
    heads.heard(named(OTHER), headOf(8, { key: OTHER }));
    assert.match(shown(), /^row 7 .* forked$/);
  });

  test('show the first strange key beside each that the members name, said once, over a restart', () => {
    const { heads, complaints, shown, newest } = witness();
    for (const [member, seed] of [
      [named(), 3],
      [named(), 4],
      [named(OTHER), 5],
    ] as const)
      assert.equal(heads.heard(member, headOf(1, { key: keyOf(seed) })), false);
    assert.equal(complaints.length, 2);
    assert.deepEqual(
      [newest(), complaints.map((each) => each.slice('dave: '.length)).join('; ')],
      [undefined, shown()],
    );
    const kept = parsedAuditFile(auditFileText(heads.seen));
    assert.deepEqual(kept, heads.seen);
    const later = witness(kept);
    assert.equal(later.heads.heard(named(), headOf(1, { key: keyOf(6) })), false);
    assert.equal(later.heads.heard(named(), headOf(1)), true);
    assert.deepEqual([later.complaints, later.newest(), later.shown()], [[], 1n, shown()]);
  });

  test('take a bounded room for each member, and lose no complaint while another log can go', () => {
    const { heads, shown } = witness();
    for (const sequence of [2, 1]) heads.heard(named(), headOf(sequence));
    for (let seed = 10; seed < 30; seed++) {
      const key = keyOf(seed);
      heads.heard(named(key), headOf(1));
      heads.heard(named(key), headOf(1, { key }));
    }
    const { earlier, strange } = heads.seen.get('dave') ?? assert.fail();
    assert.deepEqual([earlier.length, strange.length], [AUDIT_KEYS_KEPT_MAX, AUDIT_KEYS_KEPT_MAX]);
    assert.deepEqual(strange.at(-1)?.named, keyOf(29).publicKey);
    assert.match(shown(), /^under its earlier audit key .* set back; the members name/);
    assert.deepEqual(parsedAuditFile(auditFileText(heads.seen)), heads.seen);
  });

  test('are read from a file of version 0.2, and written so as long as no roster names a key', () => {
    const { heads } = witness();
    for (const sequence of [4, 3]) heads.heard(MEMBER, headOf(sequence));
    const { complaint } = heads.seen.get('dave') ?? assert.fail();
    const head = headOf(4);
    const written = {
      sequence: '4',
      hash: '00'.repeat(32),
      signature: toHex(head.signature),
      public_key: toHex(head.publicKey),
    };
    const text = JSON.stringify(
      { members: [{ name: 'dave', heads: [written], complaint, seen_ms: 5 }] },
      null,
      1,
    );
    assert.equal(auditFileText(heads.seen), `${text}\n`);
    assert.deepEqual(parsedAuditFile(text), heads.seen);
  });

  test('take a bounded number of heads of each log', () => {
    const { heads } = witness();
    for (let sequence = 1; sequence <= 3 * AUDIT_HEADS_KEPT_MAX; sequence++)
      heads.heard(MEMBER, headOf(sequence));
    assert.equal(heads.seen.get('dave')?.heads.length, AUDIT_HEADS_KEPT_MAX);
  });

  test('begin anew from a damaged file', () => {
    for (const text of ['', '{}', '{"members":[{"name":1}]}', '['])
      assert.equal(parsedAuditFile(text), undefined);
  });
});
