import assert from 'node:assert/strict';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { EvidenceCollector } from '#libs/protocol/evidence-collector.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import { COLLECTOR_LIMITS } from '#libs/protocol/limits.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { type RunOptions, simulate } from '#libs/simulation/run/simulate.ts';

interface Trial {
  /** Members that evidence was found against. */
  readonly accused: ReadonlySet<MemberIndex>;
  readonly liars: readonly MemberIndex[];
}

/**
 * Runs a seed and gives every verified claim that any member hears to one collector, which forgets next to nothing:
 * it knows more than any member could, so if it accuses no honest member, nobody does.
 */
export function trial(options: RunOptions): Trial {
  const collector = new EvidenceCollector(hotStuff.votes, {
    ...COLLECTOR_LIMITS,
    viewsBack: 1_000n,
  });
  const accused = new Set<MemberIndex>();
  const hear: typeof hotStuff.step = (state, input) => {
    if (input.kind !== 'message') return hotStuff.step(state, input);
    collector.advance(viewPosition(state.view));
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

const TRAITORS = ['equivocator', 'double-voter', 'twin', 'forger', 'stale-leader'];

/**
 * Situations that may tempt somebody to accuse an honest member: the runs of a seed, and the possible liars in them.
 */
export const TEMPTATIONS = {
  'through crashes, power cuts, loss and partitions': (seed) =>
    trial({ seed, members: 4, actors: [], adjust: CRASHES }),
  'whoever else lies': (seed) => trial({ seed, members: seed % 2 === 0 ? 4 : 7 }),
  // More than f liars can fork a federation, and make an honest member vote for both sides of the fork.
  'even when more lie than the federation bears': (seed) => {
    const byzantine = [0, 1].map((member) => ({
      member: toMemberIndex(member),
      actor: TRAITORS[(seed + member) % TRAITORS.length] ?? assert.fail(),
    }));
    return trial({ seed, members: 4, byzantine });
  },
} satisfies Record<string, (seed: number) => Trial>;

/** Asserts for many seeds that no member is accused that keeps to the protocol. */
export function assertHonestSpared(temptation: keyof typeof TEMPTATIONS, seeds: number): void {
  for (let seed = 0; seed < seeds; seed++) {
    const { accused, liars } = TEMPTATIONS[temptation](seed);
    const wronged = [...accused].filter((member) => !liars.includes(member));
    assert.deepEqual(wronged, [], `seed ${seed}`);
  }
}
