import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toView } from '#libs/chain/ids.ts';
import { blockNamed, said } from '#test/support/chain/claims.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLeave, roundsVote } from '#test/support/protocol/rounds-votes.ts';
import { contradiction } from './evidence.ts';
import { EvidenceCollector } from './evidence-collector.ts';

/** View 2 of height 5 given up, with reports of these instances and views. */
function leaving(...told: readonly (readonly [bigint, bigint])[]) {
  const reports = told.map(([instance, view]) => ({ instance, view: toView(view), digest: blockNamed('a') }));
  return { ...roundsLeave(5n, 2n), reports };
}

describe('statements of a protocol with an instance for each height', () => {
  for (const [name, one, other, kind] of [
    [
      'two votes of one view and height',
      roundsVote('prepare', 5n, 0n, 'a'),
      roundsVote('prepare', 5n, 0n, 'b'),
      'double-vote',
    ],
    [
      'kinds that share a slot',
      roundsVote('prepare', 5n, 0n, 'a'),
      roundsVote('reject', 5n, 0n, 'a'),
      'double-vote',
    ],
    [
      'two proposals',
      roundsVote('proposal', 5n, 1n, 'a'),
      roundsVote('proposal', 5n, 1n, 'b'),
      'double-proposal',
    ],
    ['two reports of one view', roundsLeave(5n, 1n, 0n), roundsLeave(5n, 1n), 'contradicting-timeouts'],
    [
      'a report below an own vote',
      roundsLeave(5n, 2n, 0n),
      roundsVote('commit', 5n, 1n, 'a'),
      'understated-timeout',
    ],
    [
      'no report after an own vote',
      roundsLeave(5n, 2n),
      roundsVote('commit', 5n, 1n, 'a'),
      'understated-timeout',
    ],
    [
      'two reports of one view that differ in their second certificate alone',
      leaving([5n, 1n], [5n, 0n]),
      leaving([5n, 1n], [4n, 0n]),
      'contradicting-timeouts',
    ],
    [
      'a highest report of its own height below an own vote, beside one of another height',
      leaving([4n, 3n], [5n, 0n]),
      roundsVote('commit', 5n, 1n, 'a'),
      'understated-timeout',
    ],
  ] as const) {
    test(`contradict each other: ${name}`, () => {
      assert.equal(contradiction(said(1, one), said(1, other), ROUNDS_TABLE), kind);
      assert.equal(contradiction(said(1, other), said(1, one), ROUNDS_TABLE), kind);
    });
  }

  for (const [name, one, other] of [
    [
      'votes of one view at two heights',
      roundsVote('prepare', 5n, 0n, 'a'),
      roundsVote('prepare', 6n, 0n, 'b'),
    ],
    ['a report of a later height', roundsLeave(6n, 3n), roundsVote('commit', 5n, 1n, 'a')],
    ['a vote on a certificate that is reported', roundsLeave(5n, 2n, 1n), roundsVote('commit', 5n, 1n, 'a')],
    [
      'a vote on a certificate that is reported behind another',
      leaving([5n, 0n], [5n, 1n]),
      roundsVote('commit', 5n, 1n, 'a'),
    ],
    ['a vote of a later view', roundsLeave(5n, 1n), roundsVote('commit', 5n, 2n, 'a')],
    [
      'kinds that only JavaScript knows',
      roundsVote('toString', 5n, 0n, 'a'),
      roundsVote('constructor', 5n, 0n, 'b'),
    ],
    [
      'kinds of other protocols',
      roundsVote('pre-commit', 5n, 0n, 'a'),
      roundsVote('pre-commit', 5n, 0n, 'b'),
    ],
  ] as const) {
    test(`do not contradict each other: ${name}`, () => {
      assert.equal(contradiction(said(1, one), said(1, other), ROUNDS_TABLE), undefined);
      assert.equal(contradiction(said(1, other), said(1, one), ROUNDS_TABLE), undefined);
    });
  }
});

describe('a detector of contradictions where each height has views of its own', () => {
  const lie = (instance: bigint, view = 0n) =>
    ['a', 'b'].map((letter) => said(1, roundsVote('prepare', instance, view, letter)));
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

  test('remembers of a height before what is near the view in which this member left it, and no view without end', () => {
    const collector = new EvidenceCollector(ROUNDS_TABLE);
    for (const [instance, view] of [
      [8n, 0n],
      [9n, 30n],
      [10n, 2n],
    ] as const) {
      collector.advance({ instance, view: toView(view) });
    }
    for (const [instance, view, isFound] of [
      [9n, 13n, false],
      [9n, 14n, true],
      [9n, 38n, true],
      [9n, 39n, false],
      [8n, 8n, true],
      [8n, 9n, false],
    ] as const) {
      assert.equal(take(collector, lie(instance, view)) !== undefined, isFound, `${instance}/${view}`);
    }
    for (let view = 0n; view < 2_000n; view++) {
      collector.take(said(2, roundsVote('prepare', 9n, view, 'a')), true);
    }
    assert.ok(collector.sizeBytes < 50, 'a liar that names every view');
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
