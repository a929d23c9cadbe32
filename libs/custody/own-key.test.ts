import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { type Digest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { blockStatement, type Phase } from '#libs/protocol/hotstuff/statements.ts';
import { slotName } from '#libs/protocol/vote/slot.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { statementOf } from '#test/support/null-protocol/message.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';
import { CONTEXT, CustodyWorld, VIRGIN } from '#test/support/signer/custody-world.ts';
import type { CustodyState } from './custody-state.ts';
import { REPEATABLE_SLOTS_MAX } from './limits.ts';
import { foreignUse } from './own-key.ts';
import { statementDigest } from './statement-digest.ts';

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

describe('a true signature of the own key at a height that is over', () => {
  const PLACE = { epoch: toEpoch(0n), instance: 1n, view: toView(0n), kind: 'vote' } as const;
  const [ours, other] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64))];
  const context = { ...CONTEXT, table: NULL_TABLE };
  const said = (digest: Digest): Claim => ({
    member: toMemberIndex(0),
    signature: Uint8Array.of(1),
    statement: statementOf('vote', { height: toHeight(PLACE.instance), digest }),
  });
  /** The record of a key that voted for a block at height 1, and has come to a later height. */
  const over = (change: Partial<CustodyState> = {}): CustodyState => {
    const promised = statementDigest(NULL_TABLE, VIRGIN, said(ours).statement);
    return { ...VIRGIN, openFrom: 2n, signed: new Map([[slotName(PLACE), promised]]), ...change };
  };

  test('is no alarm when the record promised it, although the mark went with the height', () => {
    assert.equal(foreignUse(context, over(), [said(ours)]), undefined);
  });

  test('is one when the record promised another, or nothing', () => {
    assert.notEqual(foreignUse(context, over(), [said(other)]), undefined);
    assert.notEqual(foreignUse(context, over({ signed: new Map() }), [said(ours)]), undefined);
  });

  test('is none when the record may have forgotten it', () => {
    const full = new Map(Array.from({ length: REPEATABLE_SLOTS_MAX }, (_, at) => [`${at}`, ours]));
    for (const change of [{ signed: full }, { signed: new Map(), isRecovered: true }])
      assert.equal(foreignUse(context, over(change), [said(ours)]), undefined);
  });
});
