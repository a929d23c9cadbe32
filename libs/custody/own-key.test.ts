import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { blockStatement, type Phase } from '#libs/protocol/hotstuff/statements.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CustodyWorld } from '#test/support/signer/custody-world.ts';
import { foreignUse } from './own-key.ts';

const BLOCK = blockOn(GENESIS, 1);
const OTHER = blockOn(GENESIS, 1, { salt: 1 });

function claimOf(member: number, kind: Phase, { header: { view, height }, digest }: Block): Claim {
  const statement = blockStatement(kind, view, { height, digest });
  return { member: toMemberIndex(member), signature: Uint8Array.of(1), statement };
}

/** Member 0 voted PRE-COMMIT for BLOCK in view 1, and nothing else. */
function voted(): CustodyWorld {
  const one = new CustodyWorld();
  one.certified('prepare', BLOCK);
  assert.equal(one.outcome(one.about('pre-commit', BLOCK)), 'sign');
  return one;
}

function found({ custodian }: CustodyWorld, ...claims: readonly Claim[]): Claim | undefined {
  return foreignUse(custodian.context, custodian.state, claims);
}

describe('a true signature of the own key (libs/custody/README.md G4)', () => {
  test('that this record promised is no alarm, nor is one of somebody else', () => {
    const promised = claimOf(0, 'pre-commit', BLOCK);
    assert.equal(found(voted(), promised, claimOf(1, 'commit', OTHER)), undefined);
  });

  test('of a slot above the mark is: the record is an older copy', () => {
    const above = claimOf(0, 'commit', BLOCK);
    assert.equal(found(voted(), claimOf(1, 'commit', BLOCK), above), above);
    const later = claimOf(0, 'prepare', blockOn(BLOCK, 2));
    assert.equal(found(voted(), later), later);
  });

  test('of another statement than the one that holds its slot is', () => {
    const other = claimOf(0, 'pre-commit', OTHER);
    assert.equal(found(voted(), other), other);
  });

  test('is one for a key that never signed', () => {
    const any = claimOf(0, 'prepare', BLOCK);
    assert.equal(found(new CustodyWorld(), any), any);
  });

  test('below the mark is none when its digest is forgotten: it may have been promised', () => {
    assert.equal(found(voted(), claimOf(0, 'prepare', BLOCK)), undefined);
  });
});
