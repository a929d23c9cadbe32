import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toMemberIndex, type View } from '../chain/ids.ts';
import { hotStuffSubject } from '../simulation/hotstuff/subject.ts';
import { type RunOptions, simulate } from '../simulation/simulate.ts';
import { EvidenceCollector } from './evidence-collector.ts';
import { hotStuff } from './hotstuff/hotstuff.ts';
import { COLLECTOR_LIMITS } from './limits.ts';

interface Trial {
  /** Members that evidence was found against. */
  readonly accused: ReadonlySet<MemberIndex>;
  readonly liars: readonly MemberIndex[];
}

/**
 * Runs a seed and gives every verified claim that any member hears to one collector, which forgets next to nothing:
 * it knows more than any member could, so if it accuses no honest member, nobody does.
 */
function trial(options: RunOptions): Trial {
  const collector = new EvidenceCollector({
    ...COLLECTOR_LIMITS,
    viewsBack: 1_000n,
    claimsPerMember: 10_000,
  });
  const accused = new Set<MemberIndex>();
  const hear: typeof hotStuff.step = (state, input) => {
    if (input.kind !== 'message') return hotStuff.step(state, input);
    collector.advance(state.view as View);
    for (const claim of hotStuff.claims(input.message)) {
      if (collector.take(claim, true)?.unverified.length === 0) accused.add(claim.member);
    }
    return hotStuff.step(state, input);
  };
  const subject = { ...hotStuffSubject, module: { ...hotStuff, step: hear } };
  const { plan } = simulate(subject, options);
  return { accused, liars: plan.byzantine.map(({ member }) => member) };
}

const CRASHES: RunOptions['adjust'] = (plan) => ({
  ...plan,
  lossRate: 0.1,
  crashes: Array.from({ length: 20 }, (_, at) => ({
    instance: at % plan.members,
    atMs: Math.floor((at * plan.gstMs) / 20),
    effects: 1 + (at % 7),
    isAfter: at % 2 === 0,
    downMs: 10 * (at % 5),
  })),
  powerCuts: [{ atMs: Math.floor(plan.gstMs / 2), downMsMax: 50 }],
});

describe('the honest', () => {
  test('HS-57: are never accused, through crashes, power cuts, loss and partitions (L7)', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { accused } = trial({ seed, members: 4, actors: [], adjust: CRASHES });
      assert.deepEqual([...accused], [], `seed ${seed}`);
    }
  });

  test('HS-57: are never accused, whoever else lies (L7)', () => {
    for (let seed = 0; seed < 120; seed++) {
      const { accused, liars } = trial({ seed, members: seed % 2 === 0 ? 4 : 7 });
      const wronged = [...accused].filter((member) => !liars.includes(member));
      assert.deepEqual(wronged, [], `seed ${seed}`);
    }
  });

  // More than f liars can fork a federation, and make an honest member vote for both sides of the fork.
  test('HS-57: are never accused, even when more lie than the federation bears (L7)', () => {
    for (let seed = 0; seed < 60; seed++) {
      const byzantine = [0, 1].map((member) => ({
        member: toMemberIndex(member),
        actor: ['equivocator', 'double-voter', 'twin', 'forger', 'stale-leader'][(seed + member) % 5] ?? '',
      }));
      const { accused } = trial({ seed, members: 4, byzantine });
      assert.deepEqual(
        [...accused].filter((member) => member > 1),
        [],
        `seed ${seed}`,
      );
    }
  });
});

describe('liars', () => {
  for (const actor of ['double-voter', 'equivocator', 'twin', 'understater']) {
    test(`are found out: ${actor}`, () => {
      const member = toMemberIndex(1);
      const found = Array.from({ length: 12 }, (_, seed) =>
        trial({ seed, members: 4, byzantine: [{ member, actor }] }),
      ).filter(({ accused }) => accused.has(member));
      assert.ok(found.length > 0);
    });
  }
});
