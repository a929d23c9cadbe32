import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import { said } from '#test/support/chain/claims.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { contradiction } from './evidence.ts';
import { EvidenceCollector } from './evidence-collector.ts';
import type { VoteStatement } from './vote/statement.ts';

/** A vote for the block named by a letter, at the height of its instance. */
function voted(kind: string, instance: bigint, view: bigint, letter: string): VoteStatement {
  const block = { height: toHeight(instance), digest: toDigest(letter.repeat(64)) };
  return { kind, instance, view: toView(view), block, reports: [] };
}

function left(instance: bigint, view: bigint, reported?: bigint): VoteStatement {
  const digest = toDigest('a'.repeat(64));
  const reports = reported === undefined ? [] : [{ instance, view: toView(reported), digest }];
  return { kind: 'leave', instance, view: toView(view), block: undefined, reports };
}

describe('statements of a protocol with an instance for each height', () => {
  for (const [name, one, other, kind] of [
    [
      'two votes of one view and height',
      voted('prepare', 5n, 0n, 'a'),
      voted('prepare', 5n, 0n, 'b'),
      'double-vote',
    ],
    ['kinds that share a slot', voted('prepare', 5n, 0n, 'a'), voted('reject', 5n, 0n, 'a'), 'double-vote'],
    ['two proposals', voted('proposal', 5n, 1n, 'a'), voted('proposal', 5n, 1n, 'b'), 'double-proposal'],
    ['two reports of one view', left(5n, 1n, 0n), left(5n, 1n), 'contradicting-timeouts'],
    ['a report below an own vote', left(5n, 2n, 0n), voted('commit', 5n, 1n, 'a'), 'understated-timeout'],
    ['no report after an own vote', left(5n, 2n), voted('commit', 5n, 1n, 'a'), 'understated-timeout'],
  ] as const) {
    test(`contradict each other: ${name}`, () => {
      assert.equal(contradiction(said(1, one), said(1, other), ROUNDS_TABLE), kind);
      assert.equal(contradiction(said(1, other), said(1, one), ROUNDS_TABLE), kind);
    });
  }

  for (const [name, one, other] of [
    ['votes of one view at two heights', voted('prepare', 5n, 0n, 'a'), voted('prepare', 6n, 0n, 'b')],
    ['a report of a later height', left(6n, 3n), voted('commit', 5n, 1n, 'a')],
    ['a vote on a certificate that is reported', left(5n, 2n, 1n), voted('commit', 5n, 1n, 'a')],
    ['a vote of a later view', left(5n, 1n), voted('commit', 5n, 2n, 'a')],
    ['kinds that only JavaScript knows', voted('toString', 5n, 0n, 'a'), voted('constructor', 5n, 0n, 'b')],
    ['kinds of other protocols', voted('pre-commit', 5n, 0n, 'a'), voted('pre-commit', 5n, 0n, 'b')],
  ] as const) {
    test(`do not contradict each other: ${name}`, () => {
      assert.equal(contradiction(said(1, one), said(1, other), ROUNDS_TABLE), undefined);
      assert.equal(contradiction(said(1, other), said(1, one), ROUNDS_TABLE), undefined);
    });
  }
});

describe('a detector of contradictions where each height has views of its own', () => {
  const lie = (instance: bigint, view = 0n) =>
    ['a', 'b'].map((letter) => said(1, voted('prepare', instance, view, letter)));
  const take = (collector: EvidenceCollector, claims: ReturnType<typeof lie>) =>
    claims.map((claim) => collector.take(claim, true)).at(-1);

  test('finds a lie in each height, also in the same view', () => {
    const collector = new EvidenceCollector(ROUNDS_TABLE);
    for (const instance of [5n, 6n, 7n]) {
      collector.advance({ instance, view: toView(0n) });
      assert.ok(take(collector, lie(instance)) !== undefined, `${instance}`);
      assert.equal(take(collector, lie(instance)), undefined, 'once in a slot');
    }
  });

  test('remembers some heights back and the next one, and no view far ahead of its own', () => {
    const collector = new EvidenceCollector(ROUNDS_TABLE);
    collector.advance({ instance: 10n, view: toView(2n) });
    for (const [instance, view, isFound] of [
      [8n, 5n, true],
      [7n, 0n, false],
      [10n, 10n, true],
      [10n, 11n, false],
      [11n, 8n, true],
      [11n, 9n, false],
      [12n, 0n, false],
    ] as const) {
      assert.equal(take(collector, lie(instance, view)) !== undefined, isFound, `${instance}/${view}`);
    }
  });
});
