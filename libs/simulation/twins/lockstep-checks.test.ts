import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLeave, roundsVote } from '#test/support/protocol/rounds-votes.ts';
import { LockstepChecks } from './lockstep-checks.ts';

const digest = (byte: string) => toDigest(byte.repeat(32));
const [GENESIS, ONE, OTHER] = [digest('00'), digest('01'), digest('02')];

function certificate(view: bigint, block: typeof ONE): QuorumCertificate {
  return {
    kind: 'prepare',
    instance: 0n,
    view: toView(view),
    height: toHeight(1n),
    digest: block,
    signatures: [],
  };
}

const found = (checks: LockstepChecks) => checks.takeViolations().map(({ invariant }) => invariant);

describe('the checks of a lockstep federation', () => {
  test('find two certificates of one phase and view, also when the first came in an earlier view of the scenario', () => {
    const checks = new LockstepChecks(HOTSTUFF_TABLE);
    checks.sent([certificate(1n, ONE), certificate(1n, ONE), certificate(2n, OTHER)]);
    assert.deepEqual(found(checks), []);
    const later = new LockstepChecks(HOTSTUFF_TABLE);
    later.restart(checks.certified);
    later.sent([certificate(1n, OTHER)]);
    assert.deepEqual(found(later), ['S2']);
    assert.deepEqual(found(later), [], 'a violation is told once');
  });

  test('find no fault in one view of two heights, where each has views of its own', () => {
    const checks = new LockstepChecks(ROUNDS_TABLE);
    const at = (instance: bigint, block: typeof ONE) => ({ ...certificate(0n, block), instance });
    checks.sent([at(1n, ONE), at(2n, OTHER)]);
    assert.deepEqual(found(checks), []);
    checks.sent([at(2n, ONE)]);
    assert.deepEqual(found(checks), ['S2']);
  });

  for (const [name, fault, ...statements] of [
    ['one view of two heights', [], roundsVote('prepare', 5n, 0n, 'a'), roundsVote('prepare', 6n, 0n, 'b')],
    [
      'a view of a height after a later view of the one before',
      [],
      roundsLeave(5n, 3n),
      roundsVote('prepare', 6n, 0n, 'a'),
    ],
    ['two votes of one view', ['L1'], roundsVote('prepare', 5n, 0n, 'a'), roundsVote('prepare', 5n, 0n, 'b')],
    ['a yes and a no', ['L1'], roundsVote('prepare', 5n, 0n, 'a'), roundsVote('reject', 5n, 0n, 'a')],
    ['a vote of a view that was given up', ['L1'], roundsLeave(5n, 3n), roundsVote('commit', 5n, 3n, 'a')],
    ['a height that is over', ['L1'], roundsVote('prepare', 6n, 0n, 'a'), roundsVote('prepare', 5n, 9n, 'a')],
  ] as const) {
    test(`of one key: ${name}: ${fault.length === 0 ? 'well' : 'a contradiction'}`, () => {
      const checks = new LockstepChecks(ROUNDS_TABLE);
      let signed: Parameters<LockstepChecks['signed']>[1]['signed'] = {
        ...{ at: { instance: 0n, view: toView(0n) }, names: {}, isLeft: false },
      };
      for (const each of statements) signed = checks.signed(0, { signed, isTwin: false }, each);
      assert.deepEqual(found(checks), fault);
    });
  }

  test('forget certificates of a branch of the search that was left', () => {
    const checks = new LockstepChecks(HOTSTUFF_TABLE);
    checks.sent([certificate(1n, ONE)]);
    checks.restart(new Map());
    checks.sent([certificate(1n, OTHER)]);
    assert.deepEqual(found(checks), []);
  });

  test('find honest chains that differ at a height, and none where one is only shorter or of a twin', () => {
    const checks = new LockstepChecks(HOTSTUFF_TABLE);
    const honest = { isTwin: false, chain: [GENESIS, ONE] };
    checks.compareChains([
      honest,
      { isTwin: false, chain: [GENESIS] },
      { isTwin: true, chain: [GENESIS, OTHER] },
    ]);
    assert.deepEqual(found(checks), []);
    checks.compareChains([honest, { isTwin: false, chain: [GENESIS, OTHER] }]);
    assert.deepEqual(found(checks), ['S1']);
  });
});
