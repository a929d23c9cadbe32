import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { ClaimNumbers, VerifiedClaims } from './claim-numbers.ts';

function claimOf(member: number, view: number): Claim {
  const statement = {
    kind: 'timeout',
    instance: 0n,
    view: toView(BigInt(view)),
    block: undefined,
    reports: [],
  };
  return { member: toMemberIndex(member), statement, signature: new Uint8Array(4) };
}

test('a signature has one number, in whatever list it comes, and another member or statement has another', () => {
  const numbers = new ClaimNumbers();
  const list = [claimOf(0, 1), claimOf(1, 1), claimOf(0, 2)];
  const found = numbers.ofAll(list);
  assert.equal(new Set(found).size, 3);
  assert.equal(numbers.ofAll(list), found);
  assert.deepEqual([...numbers.ofAll([claimOf(0, 2), claimOf(0, 1)])], [found[2], found[0]]);
  assert.equal(numbers.of(toMemberIndex(1), claimOf(1, 1).statement), found[1]);
});

test('what was verified is not verified again, however many there are', () => {
  const verified = new VerifiedClaims();
  assert.equal(verified.add([0, 1, 5_000]), 3);
  assert.equal(verified.add([1, 2, 5_000, 5_000]), 1);
  assert.equal(verified.add([4_999, 5_001, 5_001]), 2);
});
