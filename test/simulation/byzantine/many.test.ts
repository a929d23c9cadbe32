import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch } from '#libs/chain/ids.ts';
import { claimsOf, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { SharedJudge } from '#libs/simulation/chain/shared-judge.ts';
import { AgreementCheck } from '#libs/simulation/checks/agreement-check.ts';
import { Findings } from '#libs/simulation/checks/findings.ts';
import { TWIN } from '#libs/simulation/plan/plan.ts';
import { blockOn, certify, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  assertHarmless,
  attacked,
  evidenceAgainst,
  isForked,
  refusals,
} from '#test/support/simulation/byzantine-run.ts';

describe('several traitors', () => {
  for (const actors of [
    ['equivocator', 'double-voter'],
    ['stale-leader', 'fork-helper'],
    ['forger', 'timeout-mixer'],
    [TWIN, 'sync-liar'],
    ['understater', 'selective'],
  ]) {
    test(`BYZ-20 two of seven that lie together break nothing: ${actors.join(' and ')}`, () => {
      assertHarmless(attacked({ actors, members: 7, seeds: 3, network: 'drawn' }));
    });
  }

  test('BYZ-20 f + 1 may stop the federation, and fork it only when quorums overlap in so few', () => {
    const stopped = attacked({ actors: ['silent', 'silent'], members: 5, seeds: 1 });
    assert.deepEqual(
      stopped.flatMap(({ violations }) => violations.map(({ invariant }) => invariant)),
      ['V1'],
    );
    // Five members: two quorums of four share three, so two twins cannot make them contradict each other.
    // On more seeds: test/long/simulation.ts.
    assert.equal(isForked(2, 5, 4), false);
    assert.equal(isForked(2, 4, 30), true);
  });

  test('BYZ-21 a traitor that lies in another way every now and then breaks nothing', () => {
    const results = attacked({ actors: ['turncoat'], seeds: 8, network: 'drawn' });
    assertHarmless(results);
    for (const kind of ['double-proposal', 'double-vote', 'understated-timeout', 'contradicting-timeouts'])
      assert.ok(evidenceAgainst(results).includes(kind), kind);
    for (const cause of ['bad-signature', 'equivocation', 'invalid'] as const)
      assert.ok(refusals(results, cause) > 0, cause);
    assertHarmless(attacked({ actors: ['turncoat', 'turncoat'], members: 7, seeds: 4 }));
  });
});

describe('BYZ-31 two blocks at one height', () => {
  const first = blockOn(GENESIS, 1);
  const beside = blockOn(GENESIS, 1, { salt: 1 });
  const later = blockOn(GENESIS, 2, { salt: 2 });

  /** The finding of the simulation's checker about two certificates, and the members that their signatures accuse. */
  function judged(a: QuorumCertificate, b: QuorumCertificate) {
    const findings = new Findings({ steps: 0, nowMs: 0 });
    const check = new AgreementCheck(findings, new SharedJudge(hotStuffFollows));
    check.certified(a, { epoch: toEpoch(0n), table: HOTSTUFF_TABLE });
    check.certified(b, { epoch: toEpoch(0n), table: HOTSTUFF_TABLE });
    const pairs = claimsOf(a).flatMap((one) =>
      claimsOf(b).map((other) => evidenceOf(one, other, toEpoch(0n), HOTSTUFF_TABLE)),
    );
    const accused = pairs.flatMap((evidence) => (evidence === undefined ? [] : [evidence.first.member]));
    return { invariants: findings.violations.map(({ invariant }) => invariant), accused };
  }

  test('of one view and phase are the work of more than f members, and their signatures name them', () => {
    const { invariants, accused } = judged(
      certify('prepare', first, [0, 1, 2]),
      certify('prepare', beside, [1, 2, 3]),
    );
    assert.deepEqual(invariants, ['S2']);
    assert.deepEqual(accused, [1, 2]);
  });

  test('of different views are plain delay: nobody is accused, and the branch that lost is left', () => {
    const { invariants, accused } = judged(certify('prepare', first), certify('prepare', later));
    assert.deepEqual([invariants, accused], [[], []]);
    const results = attacked({
      actors: [],
      members: 4,
      seeds: 6,
      adjust: (plan) => ({
        ...plan,
        lossRate: 0.2,
        delay: { minMs: 5, maxMs: 200, tailRate: 0.1, tailMs: 900 },
      }),
    });
    assertHarmless(results);
    assert.ok(results.some(({ sightings }) => sightings.timedOutViews.size > 0));
  });
});
