import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { poolingVerifier } from './pooling-verifier.ts';
import { PINNED_MESSAGES_MAX, SIGNATURES_KEPT_PER_MEMBER } from './reference-limits.ts';
import { SignaturePool } from './signature-pool.ts';

const [ann, bob] = [1, 2].map(toMemberIndex) as [never, never];
const DIGEST = toDigest('a'.repeat(64));

function statementOf(view: number, change: Partial<VoteStatement> = {}): VoteStatement {
  const block = { height: toHeight(9n), digest: DIGEST };
  return { kind: 'prepare', instance: 0n, view: toView(BigInt(view)), block, reports: [], ...change };
}

function claimOf(view: number, member: MemberIndex, signature = Uint8Array.of(view)): Claim {
  return { statement: statementOf(view), member, signature };
}

describe('the pool of verified signatures', () => {
  test('gives back what it keeps, by member and by all that the statement says', () => {
    const pool = new SignaturePool();
    pool.keep([claimOf(7, ann)]);
    assert.deepEqual(pool.signatureOf(statementOf(7), ann), { signature: Uint8Array.of(7) });
    assert.equal(pool.signatureOf(statementOf(7), bob), undefined);
    const report = { instance: 0n, view: toView(3n), digest: DIGEST };
    const others: readonly Partial<VoteStatement>[] = [
      { kind: 'commit' },
      { instance: 1n },
      { view: toView(8n) },
      { block: { height: toHeight(10n), digest: DIGEST } },
      { block: { height: toHeight(9n), digest: toDigest('b'.repeat(64)) } },
      { block: undefined },
      { reports: [report] },
    ];
    for (const other of others) assert.equal(pool.signatureOf(statementOf(7, other), ann), undefined);
    const leave = { kind: 'timeout', block: undefined };
    pool.keep([{ ...claimOf(7, ann), statement: statementOf(7, { ...leave, reports: [report] }) }]);
    const otherReport = { ...report, view: toView(4n) };
    assert.equal(pool.signatureOf(statementOf(7, { ...leave, reports: [otherReport] }), ann), undefined);
  });

  test('has places for the newest positions of each member alone: one that signs without end takes none from the others', () => {
    const pool = new SignaturePool();
    pool.keep([claimOf(1, bob)]);
    for (let view = 1; view <= SIGNATURES_KEPT_PER_MEMBER + 1; view++) pool.keep([claimOf(view, ann)]);
    assert.equal(pool.signatureOf(statementOf(1), ann), undefined);
    assert.notEqual(pool.signatureOf(statementOf(2), ann), undefined);
    assert.notEqual(pool.signatureOf(statementOf(1), bob), undefined);
  });

  test('old signatures that somebody shows again displace none of later positions', () => {
    const pool = new SignaturePool();
    const newest = Array.from({ length: SIGNATURES_KEPT_PER_MEMBER }, (_, at) => claimOf(100 + at, ann));
    pool.keep(newest);
    for (let view = 1; view < 100; view++) pool.keep([claimOf(view, ann)]);
    for (const { statement } of newest) assert.notEqual(pool.signatureOf(statement, ann), undefined);
    assert.equal(pool.signatureOf(statementOf(99), ann), undefined);
  });

  test('what this member said last can be given, however old it is', () => {
    const pool = new SignaturePool();
    for (let view = 100; view < 100 + SIGNATURES_KEPT_PER_MEMBER; view++) pool.keep([claimOf(view, ann)]);
    pool.pin([claimOf(1, ann), claimOf(1, bob)]);
    assert.notEqual(pool.signatureOf(statementOf(1), ann), undefined);
    for (let view = 2; view <= PINNED_MESSAGES_MAX; view++) pool.pin([claimOf(view, ann)]);
    assert.notEqual(pool.signatureOf(statementOf(1), ann), undefined);
    pool.pin([claimOf(1, ann), claimOf(1, bob)]);
    pool.pin([claimOf(200, ann)]);
    assert.notEqual(pool.signatureOf(statementOf(1), ann), undefined, 'said again it is the newest');
    assert.equal(pool.signatureOf(statementOf(2), ann), undefined);
  });

  test('gives what several messages named while one of them is among the newest, and forgets it with the last', () => {
    const pool = new SignaturePool();
    pool.pin([claimOf(1, ann), claimOf(2, ann)]);
    pool.pin([claimOf(2, ann), claimOf(3, ann)]);
    pool.pin([claimOf(2, ann), claimOf(3, ann)]);
    for (let view = 100; view < 99 + PINNED_MESSAGES_MAX; view++) pool.pin([claimOf(view, bob)]);
    const isHeld = (view: number) => pool.signatureOf(statementOf(view), ann) !== undefined;
    assert.deepEqual([1, 2, 3].map(isHeld), [false, true, true]);
    pool.pin([claimOf(200, bob)]);
    assert.deepEqual([1, 2, 3].map(isHeld), [false, false, false]);
  });

  test('keeps no older message alive for a signature that a newer one names too', () => {
    const pool = new SignaturePool();
    const message = new Uint8Array(1_000_000).fill(9);
    pool.pin([claimOf(1, ann, message.subarray(0, 20)), claimOf(2, ann, message.subarray(20))]);
    pool.pin([claimOf(1, ann, Uint8Array.of(7))]);
    assert.equal(pool.signatureOf(statementOf(1), ann)?.signature.buffer.byteLength, 1);
  });

  test('keeps no message alive for a signature that came with it', () => {
    const pool = new SignaturePool();
    const message = new Uint8Array(1_000_000).fill(9);
    pool.keep([claimOf(1, ann, message.subarray(5, 25))]);
    const { signature } = pool.signatureOf(statementOf(1), ann) ?? assert.fail();
    assert.deepEqual([signature, signature.buffer.byteLength], [new Uint8Array(20).fill(9), 20]);
  });

  test('holds only what a verifier found to hold, and what this member made', () => {
    const pool = new SignaturePool();
    const verdicts: ((ok: boolean) => void)[] = [];
    const verifier = poolingVerifier(
      { trust: () => {}, verify: (_claims, done) => verdicts.push(done) },
      pool,
    );
    const told: boolean[] = [];
    verifier.verify([claimOf(1, ann)], (ok) => told.push(ok));
    verifier.verify([claimOf(2, ann)], (ok) => told.push(ok));
    assert.equal(pool.signatureOf(statementOf(2), ann), undefined, 'nothing is kept before the verdict');
    verdicts[0]?.(false);
    verdicts[1]?.(true);
    assert.deepEqual(told, [false, true]);
    assert.equal(pool.signatureOf(statementOf(1), ann), undefined);
    assert.notEqual(pool.signatureOf(statementOf(2), ann), undefined);
    verifier.trust(claimOf(3, bob));
    assert.notEqual(pool.signatureOf(statementOf(3), bob), undefined);
  });
});
