import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
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
    const checks = new LockstepChecks();
    checks.sent([certificate(1n, ONE), certificate(1n, ONE), certificate(2n, OTHER)]);
    assert.deepEqual(found(checks), []);
    const later = new LockstepChecks();
    later.restart(checks.certified);
    later.sent([certificate(1n, OTHER)]);
    assert.deepEqual(found(later), ['S2']);
    assert.deepEqual(found(later), [], 'a violation is told once');
  });

  test('forget certificates of a branch of the search that was left', () => {
    const checks = new LockstepChecks();
    checks.sent([certificate(1n, ONE)]);
    checks.restart(new Map());
    checks.sent([certificate(1n, OTHER)]);
    assert.deepEqual(found(checks), []);
  });

  test('find honest chains that differ at a height, and none where one is only shorter or of a twin', () => {
    const checks = new LockstepChecks();
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
