import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toDigest, toEpoch } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { auditedMemberOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { CHAIN, CONTEXT, VIRGIN } from '#test/support/signer/custody-world.ts';
import type { AutomaticFacts } from '../../record/rules/custody-ledger.ts';
import { automaticFault } from './automatic-vote.ts';

const EPOCH = toEpoch(4n);
const base: MembershipChange = { chain: CHAIN, epoch: EPOCH, leave: [], join: [] };
const LEAVE = { ...base, leave: ['m1'] };
const TERMS = { needs: '0.2.0', parameters: { view_timeout_ms: 200 }, others: [] };
const BACK = { ...base, join: [memberOf(9)] };

interface World {
  readonly change: MembershipChange;
  readonly members?: number;
  readonly facts?: Partial<AutomaticFacts>;
  readonly isRecovered?: boolean;
}

/** A federation of five, of at least four; m9 was a member before. */
function faultOf({ change, members = 5, facts = {}, isRecovered = false }: World): string {
  const set = validatorSet(EPOCH, rosterOf(members));
  const custodian = new Custodian({ ...CONTEXT, set }, { ...VIRGIN, epoch: EPOCH, isRecovered });
  const known: AutomaticFacts = {
    membersMin: 4,
    given: () => undefined,
    earlierMember: (key, before) => (before === EPOCH && key[1] === 9 ? memberOf(9) : undefined),
    ...facts,
  };
  const fault = automaticFault(custodian, change, known);
  return fault === undefined ? 'none' : `${fault.reason} ${fault.sentence}`;
}

describe('F-02: a vote that no person has seen', () => {
  test('F-02: is that a member leaves, or a key comes back that an earlier epoch had', () => {
    assert.equal(faultOf({ change: LEAVE }), 'none');
    assert.equal(faultOf({ change: BACK }), 'none');
  });

  test('F-02: is one change an epoch; the same again is the same', () => {
    const given = (digest: Digest) => ({ given: (epoch: bigint) => (epoch === EPOCH ? digest : undefined) });
    assert.equal(faultOf({ change: LEAVE, facts: given(changeDigest(LEAVE)) }), 'none');
    const other = { ...base, leave: ['m2'] };
    assert.match(
      faultOf({ change: other, facts: given(changeDigest(LEAVE)) }),
      /^VOTE_GIVEN .* one change an epoch/,
    );
    assert.match(faultOf({ change: BACK, facts: given(toDigest('0'.repeat(64))) }), /^VOTE_GIVEN/);
  });

  test('F-02: never leaves fewer members than the genesis allows', () => {
    assert.match(
      faultOf({ change: LEAVE, members: 4 }),
      /^VOTE_NOT_AUTOMATIC .* with 3 members .* fewer than the 4/,
    );
  });

  test('F-02: is not given by a record that was made before it knew the rules of the genesis', () => {
    for (const change of [LEAVE, BACK]) {
      const fault = faultOf({ change, facts: { membersMin: undefined } });
      assert.match(fault, /^VOTE_NOT_AUTOMATIC .*before it knew how few/);
    }
  });

  const REFUSED: readonly (readonly [string, MembershipChange, RegExp])[] = [
    [
      'brings a key in that was never a member',
      { ...base, join: [memberOf(8)] },
      /no earlier epoch .* had this key/,
    ],
    [
      'brings a key back under another name',
      { ...base, join: [memberOf(9, { name: 'x' })] },
      /that key was of m9/,
    ],
    ['brings it back with more weight', { ...base, join: [memberOf(9, { weight: 2n })] }, /m9 with weight 1/],
    [
      'brings it back with an audit key, of which its record knows nothing',
      { ...base, join: [auditedMemberOf(9)] },
      /further keys of the member/,
    ],
    ['brings in who is a member', { ...base, join: [memberOf(1)] }, /is a member now/],
    [
      'gives a member another key',
      { ...base, leave: ['m1'], join: [memberOf(9, { name: 'm1' })] },
      /nothing else/,
    ],
    ['has two leave', { ...base, leave: ['m1', 'm2'] }, /nothing else/],
    ['has one leave and another come back', { ...base, leave: ['m1'], join: [memberOf(9)] }, /nothing else/],
    ['has two come back', { ...base, join: [memberOf(9), memberOf(10)] }, /nothing else/],
    ['says nothing', base, /nothing else/],
    ['names terms', { ...LEAVE, terms: TERMS }, /names terms of the next epoch/],
    ['names terms alone', { ...base, terms: TERMS }, /names terms of the next epoch/],
    ['has a stranger leave', { ...base, leave: ['x'] }, /is not a member/],
  ];
  for (const [what, change, reason] of REFUSED) {
    test(`F-02: is refused when it ${what}`, () => {
      assert.match(faultOf({ change }), /^VOTE_NOT_AUTOMATIC not without a person: /);
      assert.match(faultOf({ change }), reason);
    });
  }

  test('F-02: is not given in an epoch in which the key was recovered: it does not know what it gave', () => {
    assert.match(faultOf({ change: LEAVE, isRecovered: true }), /^VOTE_NOT_AUTOMATIC .*recovered/);
  });
});
