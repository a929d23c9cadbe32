import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { prng } from '#libs/random/prng.ts';
import { hotStuffSubject } from '../hotstuff/subject.ts';
import { drawPlan } from '../plan/draw-plan.ts';
import { GOOD_DELAY } from '../plan/plan-without.ts';
import { EvidenceCheck } from './evidence-check.ts';
import { Findings } from './findings.ts';
import { LockCheck } from './lock-check.ts';
import { reportLeftovers } from './rest-check.ts';
import { SightingsLog } from './sightings.ts';
import { ViewCheck } from './view-check.ts';

const NO_CLOCK = { steps: 0, nowMs: 0 };

const at = (view: bigint, instance = 0n) => ({ instance, view: toView(view) });

function invariants(findings: Findings): readonly string[] {
  return findings.violations.map(({ invariant }) => invariant);
}

describe('L3: no lock is hidden', () => {
  /** Honest members that hold the prepare certificate of view 3 when a fourth locks on it. */
  function lockedWith(holders: number): readonly string[] {
    const findings = new Findings(NO_CLOCK);
    const check = new LockCheck(findings, 3);
    for (let instance = 0; instance < holders; instance++) check.saved(instance, { high: at(3n) });
    check.saved(9, { high: at(1n), locked: at(3n) });
    return invariants(findings);
  }

  test('when the honest part of a quorum holds the prepare certificate durably', () => {
    assert.deepEqual(lockedWith(3), []);
  });

  test('and is reported when one of them does not', () => {
    assert.deepEqual(lockedWith(2), ['L3']);
  });

  test('and a lock of a height before is no lock of this one, whatever its view', () => {
    const findings = new Findings(NO_CLOCK);
    const check = new LockCheck(findings, 1);
    check.saved(0, { high: at(0n, 6n), locked: at(0n, 6n) });
    check.saved(1, { high: at(9n, 5n), locked: at(9n, 5n) });
    assert.deepEqual(invariants(findings), []);
    check.saved(2, { high: at(0n, 6n), locked: at(9n, 5n), commit: at(0n, 6n) });
    assert.deepEqual(invariants(findings), ['L3']);
  });

  test('and a decision without a lock is reported', () => {
    const findings = new Findings(NO_CLOCK);
    new LockCheck(findings, 0).saved(1, { high: at(2n), locked: at(1n), commit: at(2n) });
    assert.deepEqual(invariants(findings), ['L3']);
  });
});

describe('V2: an honest view decides', () => {
  const SHAPE = { criticalMessages: 8, criticalSignatures: 4 };
  const EARLY = 5_000;
  const LATE = 5_900;

  interface Views {
    readonly leader?: number;
    readonly together?: readonly number[];
    readonly recovered?: boolean;
    readonly works?: boolean;
    readonly gaveUpMs?: number;
    readonly shape?: { readonly criticalMessages: number; readonly criticalSignatures: number };
  }

  /** View 6 of member 2 of four, of whom the last one lies. */
  function gaveUp({
    together = [0, 1, 2],
    recovered = true,
    works = true,
    gaveUpMs = LATE,
    shape = SHAPE,
  }: Views) {
    const clock = { steps: 0, nowMs: EARLY };
    const findings = new Findings(clock);
    const liar = { member: toMemberIndex(3), actor: 'silent' };
    const drawn = drawPlan(prng(1), { members: 4, actors: [], byzantine: [liar] });
    const plan = { ...drawn, broken: [], delayAfterGst: GOOD_DELAY, signMsMax: 2, verifyMsMax: 1 };
    const check = new ViewCheck(findings, plan, {
      ...{ nowMs: () => clock.nowMs, isRecovered: () => recovered, shape },
    });
    if (works) check.worked(2, true);
    for (const instance of together) check.entered(instance, at(6n), toMemberIndex(2));
    clock.nowMs = gaveUpMs;
    check.gaveUp(0, at(6n));
    return invariants(findings);
  }

  test('and one that is given up long after all were in it is reported', () => {
    assert.deepEqual(gaveUp({}), ['V2']);
  });

  test('but not one of a view that members were in at another height', () => {
    const clock = { steps: 0, nowMs: EARLY };
    const findings = new Findings(clock);
    const drawn = drawPlan(prng(1), { members: 4, actors: [], byzantine: [] });
    const plan = { ...drawn, broken: [], delayAfterGst: GOOD_DELAY, signMsMax: 2, verifyMsMax: 1 };
    const check = new ViewCheck(findings, plan, {
      ...{ nowMs: () => clock.nowMs, isRecovered: () => true, shape: SHAPE },
    });
    check.worked(2, true);
    for (const instance of [0, 1, 2, 3]) check.entered(instance, at(6n, 5n), toMemberIndex(2));
    clock.nowMs = LATE;
    check.gaveUp(0, at(6n, 7n));
    assert.deepEqual(invariants(findings), []);
    check.gaveUp(0, at(6n, 5n));
    assert.deepEqual(invariants(findings), ['V2']);
  });

  test('by the messages and the signatures that a decision takes in its protocol', () => {
    const { maxMs } = GOOD_DELAY;
    const shape = { criticalMessages: 40, criticalSignatures: 9 };
    const longestMs = 40 * (maxMs + 2 * 1) + 9 * 2 + 100;
    assert.deepEqual(gaveUp({ shape, gaveUpMs: EARLY + longestMs - 1 }), []);
    assert.deepEqual(gaveUp({ shape, gaveUpMs: EARLY + longestMs }), ['V2']);
  });

  test('unless it had no time, nothing to decide, or not everybody', () => {
    assert.deepEqual(gaveUp({ gaveUpMs: EARLY + 50 }), []);
    assert.deepEqual(gaveUp({ works: false }), []);
    assert.deepEqual(gaveUp({ together: [0, 2] }), []);
    assert.deepEqual(gaveUp({ recovered: false }), []);
  });
});

describe('L7: evidence names liars only', () => {
  const MEMBER = toMemberIndex(2);

  function vote(digit: string): Claim {
    const digest = toDigest(digit.repeat(64));
    const statement = blockStatement('prepare', toView(1n), { height: toHeight(1n), digest });
    return { member: MEMBER, statement, signature: Uint8Array.of(Number(digit)) };
  }

  function accuse(isLiar: (member: MemberIndex) => boolean) {
    const findings = new Findings(NO_CLOCK);
    const sightings = new SightingsLog();
    const check = new EvidenceCheck({ table: HOTSTUFF_TABLE, findings, sightings, isLiar });
    for (const digit of ['1', '1', '2']) check.proved(vote(digit));
    check.muted(0, MEMBER);
    return { accused: sightings.accused, broken: invariants(findings) };
  }

  test('who contradicts itself is seen, and that is well when it lies', () => {
    const { accused, broken } = accuse(() => true);
    assert.deepEqual(accused, [{ member: MEMBER, kind: 'double-vote' }]);
    assert.deepEqual(broken, []);
  });

  test('an honest member that is accused or muted is reported', () => {
    assert.deepEqual(accuse(() => false).broken, ['L7', 'MUTED']);
  });
});

test('V5: what is left in memory at rest is reported', () => {
  const findings = new Findings(NO_CLOCK);
  reportLeftovers(hotStuffSubject, findings, { instance: 1, waiting: 0, state: undefined });
  assert.deepEqual(invariants(findings), []);
  reportLeftovers(hotStuffSubject, findings, { instance: 1, waiting: 2, state: undefined });
  assert.deepEqual(invariants(findings), ['V5']);
});
