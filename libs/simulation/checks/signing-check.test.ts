import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLeave, roundsVote } from '#test/support/protocol/rounds-votes.ts';
import type { Subject } from '../subject/subject.ts';
import { Findings } from './findings.ts';
import { SigningCheck } from './signing-check.ts';

/** A record of marks alone, which remembers and supports the statements that the test names. */
interface TestRecord {
  readonly marks: Readonly<Record<string, Position>>;
  readonly remembers?: boolean;
  readonly supports?: boolean;
}

const at = (view: bigint, instance = 0n): Position => ({ instance, view: toView(view) });

function fixture(table: VoteTable = HOTSTUFF_TABLE) {
  const findings = new Findings({ steps: 0, nowMs: 0 });
  const subject: Pick<Subject<unknown, unknown, TestRecord>, 'marks' | 'remembers' | 'supports'> = {
    marks: ({ marks }) => marks,
    remembers: ({ remembers = true }) => remembers,
    supports: ({ supports = true }) => supports,
  };
  const check = new SigningCheck(subject as Subject<unknown, unknown, TestRecord>, findings, {
    epoch: toEpoch(0n),
    table,
  });
  return { check, broken: () => findings.violations.map(({ invariant }) => invariant) };
}

function vote(view: bigint, digit = '1', kind: 'prepare' | 'commit' = 'prepare'): VoteStatement {
  return blockStatement(kind, toView(view), { height: toHeight(1n), digest: toDigest(digit.repeat(64)) });
}

const WELL: TestRecord = { marks: {} };

describe('what one key signs', () => {
  test('L1: two statements for one slot are reported; one twice, another kind and another key are well', () => {
    const { check, broken } = fixture();
    check.asked(0, vote(1n), WELL);
    check.asked(0, vote(1n), WELL);
    check.asked(0, vote(1n, '2', 'commit'), WELL);
    check.asked(1, vote(1n, '2'), WELL);
    assert.deepEqual(broken(), []);
    check.asked(0, vote(1n, '2'), WELL);
    assert.deepEqual(broken(), ['L1']);
  });

  test('L2: a durable mark that falls is reported, also one that is gone; one that rises is well', () => {
    const { check, broken } = fixture();
    check.saved(0, undefined, { marks: { view: at(5n) } });
    check.saved(0, { marks: { view: at(5n) } }, { marks: { view: at(6n), locked: at(3n) } });
    assert.deepEqual(broken(), []);
    check.saved(0, { marks: { view: at(6n), locked: at(3n) } }, { marks: { view: at(6n), locked: at(2n) } });
    check.saved(0, { marks: { view: at(6n), locked: at(2n) } }, { marks: { view: at(6n) } });
    assert.deepEqual(broken(), ['L2', 'L2']);
  });

  test('L3 and L5: a signature without a record, one that its record forgets, and a vote on nothing are reported', () => {
    const { check, broken } = fixture();
    check.asked(0, vote(1n), undefined);
    check.asked(0, vote(2n), { marks: {}, remembers: false });
    check.asked(0, vote(3n), { marks: {}, supports: false });
    assert.deepEqual(broken(), ['L5', 'L5', 'L3']);
  });

  test('L5: a signature that leaves its signer before the register is durable is reported', () => {
    const { check, broken } = fixture();
    check.released(0, vote(1n), true);
    assert.deepEqual(broken(), []);
    check.released(0, vote(1n), false);
    assert.deepEqual(broken(), ['L5']);
  });

  test('REFUSED: a refusal is reported, but of a vote whose grounds a crash took', () => {
    const { check, broken } = fixture();
    check.refused(0, vote(1n), 'GROUNDS_MISSING');
    check.refused(0, vote(1n), 'STALE_SLOT');
    assert.deepEqual(broken(), []);
    check.refused(0, vote(2n), 'STALE_SLOT');
    check.refused(1, vote(1n), 'STALE_SLOT');
    check.refused(0, vote(3n), 'LOCKED');
    assert.deepEqual(broken(), ['REFUSED', 'REFUSED', 'REFUSED']);
  });
});

describe('what one key signs where each height has views of its own', () => {
  const asked = (...statements: readonly VoteStatement[]): readonly string[] => {
    const { check, broken } = fixture(ROUNDS_TABLE);
    for (const each of statements) check.asked(0, each, WELL);
    return broken();
  };

  test('L1: one view at two heights is well; two statements of one height, and a yes and a no, are reported', () => {
    const yes = roundsVote('prepare', 5n, 0n, 'a');
    assert.deepEqual(asked(yes, roundsVote('prepare', 6n, 0n, 'b'), roundsVote('commit', 6n, 0n, 'b')), []);
    assert.deepEqual(asked(yes, roundsVote('prepare', 5n, 0n, 'b')), ['L1']);
    assert.deepEqual(asked(yes, roundsVote('reject', 5n, 0n, 'a')), ['L1']);
  });

  test('L4: a view that was given up is over, those of the next height are not', () => {
    const leave = roundsLeave(5n, 2n);
    assert.deepEqual(
      asked(leave, roundsVote('prepare', 6n, 0n, 'a'), roundsVote('prepare', 6n, 1n, 'a')),
      [],
    );
    assert.deepEqual(asked(leave, roundsVote('commit', 5n, 2n, 'a')), ['L4']);
    assert.deepEqual(asked(leave, roundsLeave(5n, 3n), roundsVote('prepare', 5n, 3n, 'a')), ['L4']);
    assert.deepEqual(asked(leave, roundsVote('prepare', 4n, 9n, 'a')), ['L4'], 'a height before');
  });

  test('L2: a mark rises with its height, whatever the view; it may not fall back to an earlier one', () => {
    const { check, broken } = fixture(ROUNDS_TABLE);
    check.saved(0, { marks: { high: at(7n, 5n) } }, { marks: { high: at(0n, 6n) } });
    assert.deepEqual(broken(), []);
    check.saved(0, { marks: { high: at(0n, 6n) } }, { marks: { high: at(7n, 5n) } });
    assert.deepEqual(broken(), ['L2']);
  });
});
