import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toCertifiedKeyDigest, toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { verificationBudget } from '#libs/replica/limits.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { GENESIS, setOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CERTIFYING_TABLE } from '#test/support/protocol/certifying-table.ts';
import { SignatureAuthority } from '../federation/signatures.ts';
import { ClaimJudge } from './claim-judge.ts';

const KEY = toCertifiedKeyDigest('ab'.repeat(32));
const FROM = toMemberIndex(1);
const member = toMemberIndex(2);
const statement = timeoutStatement(toView(2n), { view: toView(0n), digest: GENESIS.digest });

function judging(table = HOTSTUFF_TABLE) {
  const scope = { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(0n) };
  const authority = new SignatureAuthority('secret', table, scope);
  const guard = new PeerGuard({ members: 4, votes: table }, () => 1_000);
  const proved: Claim[] = [];
  const judge = new ClaimJudge({
    authority,
    set: setOf(4),
    table,
    guard,
    proved: (claim) => proved.push(claim),
  });
  return {
    judge,
    guard,
    proved,
    claim: { member, statement, signature: authority.signerOf(member)(statement) },
  };
}

describe('the judge of claims in the simulator', () => {
  test("takes a true claim by the member's own key", () => {
    const { judge, proved, claim } = judging();
    assert.equal(judge.judge([claim], FROM), 'valid');
    assert.deepEqual(proved, [claim]);
  });

  test('calls a claim by another key false where the kind takes none, and one of a stranger', () => {
    const { judge, proved, claim } = judging();
    assert.equal(judge.judge([{ ...claim, key: KEY }], FROM), 'false');
    assert.equal(judge.judge([{ ...claim, member: toMemberIndex(7) }], FROM), 'false');
    assert.deepEqual(proved, []);
  });

  test('proves nothing by a key that it cannot resolve, and takes nothing from the budget', () => {
    const { judge, guard, proved, claim } = judging(CERTIFYING_TABLE);
    for (let count = 0; count < 100; count++)
      assert.equal(judge.judge([{ ...claim, key: KEY }], FROM), 'unresolved');
    for (let count = 0; count < verificationBudget({ members: 4, votes: CERTIFYING_TABLE }).burst; count++)
      assert.ok(guard.take(FROM));
    assert.deepEqual([proved, guard.isMuted(FROM)], [[], false]);
  });
});
