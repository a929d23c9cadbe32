import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toEpoch } from '#libs/chain/ids.ts';
import { anyClaim, gaveUp, said, spoke } from '#test/support/chain/claims.ts';
import { contradiction, type Evidence, evidenceFault, evidenceOf, viewOf } from './evidence.ts';
import { HOTSTUFF_TABLE } from './hotstuff/vote-table.ts';
import { validatorSet } from './validator-set.ts';
import type { VoteStatement } from './vote/statement.ts';

const EPOCH = toEpoch(0n);
const SET = validatorSet(
  EPOCH,
  ['a', 'b', 'c', 'd'].map((name, at) => ({ name, publicKey: Uint8Array.of(at), weight: 1n })),
);

const LIES: readonly (readonly [string, VoteStatement, VoteStatement, string])[] = [
  [
    'BYZ-01: two proposals of one view',
    spoke('proposal', 3, 'a'),
    spoke('proposal', 3, 'b'),
    'double-proposal',
  ],
  [
    'BYZ-06: two prepare votes of one view',
    spoke('prepare', 3, 'a'),
    spoke('prepare', 3, 'b'),
    'double-vote',
  ],
  [
    'BYZ-06: two pre-commit votes of one view',
    spoke('pre-commit', 3, 'a'),
    spoke('pre-commit', 3, 'b'),
    'double-vote',
  ],
  ['BYZ-06: two commit votes of one view', spoke('commit', 3, 'a'), spoke('commit', 3, 'b'), 'double-vote'],
  [
    'votes for one block at two heights',
    spoke('prepare', 3, 'a', 1),
    spoke('prepare', 3, 'a', 2),
    'double-vote',
  ],
  ['two timeouts of one view, of other views', gaveUp(3, 1), gaveUp(3, 2), 'contradicting-timeouts'],
  [
    'two timeouts of one view, of other blocks',
    gaveUp(3, 1, 'a'),
    gaveUp(3, 1, 'b'),
    'contradicting-timeouts',
  ],
  [
    'BYZ-30: a timeout below an own pre-commit vote',
    spoke('pre-commit', 3, 'a'),
    gaveUp(5, 2),
    'understated-timeout',
  ],
  ['BYZ-30: the same in one view', spoke('pre-commit', 3, 'a'), gaveUp(3, 2), 'understated-timeout'],
  ['BYZ-30: a timeout below an earlier one', gaveUp(4, 3), gaveUp(5, 2), 'understated-timeout'],
];

const TRUTHS: readonly (readonly [string, VoteStatement, VoteStatement])[] = [
  ['the same statement twice', spoke('prepare', 3, 'a'), spoke('prepare', 3, 'a')],
  ['proposals of two views', spoke('proposal', 3, 'a'), spoke('proposal', 4, 'b')],
  ['votes of one phase in two views', spoke('commit', 3, 'a'), spoke('commit', 4, 'b')],
  ['votes of two phases for two blocks', spoke('prepare', 3, 'a'), spoke('pre-commit', 3, 'b')],
  ['a vote and a timeout that knows its block', spoke('pre-commit', 3, 'a'), gaveUp(3, 3, 'a')],
  ['a timeout of another block of the voted view', spoke('pre-commit', 3, 'a'), gaveUp(3, 3, 'b')],
  ['a timeout before a vote', gaveUp(2, 1), spoke('pre-commit', 3, 'a')],
  ['a prepare vote above the report', spoke('prepare', 3, 'a'), gaveUp(3, 1)],
  ['a commit vote above the report', spoke('commit', 3, 'a'), gaveUp(3, 1)],
  ['a proposal above the report', spoke('proposal', 3, 'a'), gaveUp(3, 1)],
  ['timeouts that report ever more', gaveUp(3, 1), gaveUp(4, 3)],
  ['timeouts that report the same', gaveUp(3, 1), gaveUp(4, 1)],
];

describe('contradiction', () => {
  for (const [name, one, other, kind] of LIES) {
    test(`finds ${name}, in either order`, () => {
      assert.equal(contradiction(said(1, one), said(1, other), HOTSTUFF_TABLE), kind);
      assert.equal(contradiction(said(1, other), said(1, one), HOTSTUFF_TABLE), kind);
    });

    test(`needs one member for ${name}`, () => {
      assert.equal(contradiction(said(1, one), said(2, other), HOTSTUFF_TABLE), undefined);
    });
  }

  for (const [name, one, other] of TRUTHS) {
    test(`does not accuse for ${name}`, () => {
      assert.equal(contradiction(said(1, one), said(1, other), HOTSTUFF_TABLE), undefined);
      assert.equal(contradiction(said(1, other), said(1, one), HOTSTUFF_TABLE), undefined);
    });
  }

  test('does not look at signatures: a second one of the same statement is no contradiction', () => {
    const vote = spoke('prepare', 3, 'a');
    assert.equal(contradiction(said(1, vote), said(1, vote, Uint8Array.of(2)), HOTSTUFF_TABLE), undefined);
  });
});

describe('evidence', () => {
  const lie = evidenceOf(
    said(1, gaveUp(5, 2)),
    said(1, spoke('pre-commit', 3, 'a')),
    EPOCH,
    HOTSTUFF_TABLE,
  ) as Evidence;

  test('is the same whichever claim came first', () => {
    fc.assert(
      fc.property(anyClaim, anyClaim, (a, b) => {
        assert.deepEqual(evidenceOf(a, b, EPOCH, HOTSTUFF_TABLE), evidenceOf(b, a, EPOCH, HOTSTUFF_TABLE));
      }),
    );
  });

  test('belongs to the newer view of the two', () => {
    assert.equal(viewOf(lie), 5n);
  });

  test('is in order when a member of this epoch contradicts itself', () => {
    assert.equal(evidenceFault(lie, SET, HOTSTUFF_TABLE), undefined);
  });

  for (const [name, change, fault] of [
    ['another protocol than its epoch ran', { protocol: 'rounds' }, /protocol/],
    ['another epoch', { epoch: toEpoch(1n) }, /epoch/],
    ['another kind', { kind: 'double-vote' }, /do not contradict/],
    ['the other order', { first: lie.second, second: lie.first }, /order/],
    ['a truth', { first: said(1, spoke('pre-commit', 2, 'a')) }, /do not contradict/],
    ['two members', { second: said(2, lie.second.statement) }, /do not contradict/],
    ['a stranger', { first: said(4, lie.first.statement), second: said(4, lie.second.statement) }, /member/],
  ] as const) {
    test(`BYZ-27: is refused for ${name}`, () => {
      assert.match(evidenceFault({ ...lie, ...change }, SET, HOTSTUFF_TABLE) ?? '', fault);
    });
  }
});
