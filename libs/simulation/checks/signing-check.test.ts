import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Subject } from '../subject/subject.ts';
import { Findings } from './findings.ts';
import { SigningCheck } from './signing-check.ts';

/** A record of marks alone, which remembers and supports the statements that the test names. */
interface TestRecord {
  readonly marks: Readonly<Record<string, bigint>>;
  readonly remembers?: boolean;
  readonly supports?: boolean;
}

function fixture() {
  const findings = new Findings({ steps: 0, nowMs: 0 });
  const subject: Pick<Subject<unknown, unknown, TestRecord>, 'marks' | 'remembers' | 'supports'> = {
    marks: ({ marks }) => marks,
    remembers: ({ remembers = true }) => remembers,
    supports: ({ supports = true }) => supports,
  };
  const check = new SigningCheck(subject as Subject<unknown, unknown, TestRecord>, findings);
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
    check.saved(0, undefined, { marks: { view: 5n } });
    check.saved(0, { marks: { view: 5n } }, { marks: { view: 6n, locked: 3n } });
    assert.deepEqual(broken(), []);
    check.saved(0, { marks: { view: 6n, locked: 3n } }, { marks: { view: 6n, locked: 2n } });
    check.saved(0, { marks: { view: 6n, locked: 2n } }, { marks: { view: 6n } });
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
