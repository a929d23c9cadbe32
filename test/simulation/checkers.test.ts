import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import type { ViolationKind } from '#libs/simulation/checks/findings.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { type RunOptions, simulate } from '#libs/simulation/run/simulate.ts';
import { MUTANTS, mutant } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { firstSeeds } from '#test/support/simulation/seeds.ts';
import { assertTwinsHarmless, twins } from '#test/support/simulation/twins.ts';

type Choices = Omit<RunOptions, 'seed'>;

/** A run with this liar in it, for every seed. */
function withLiar(actor: string, members = 4): Choices {
  return { members, byzantine: [{ member: toMemberIndex(1), actor }] };
}

/**
 * Each mutant, the liar that brings it down, the expected finding, and a seed that showed it soon, which is tried
 * first.
 */
const CAUGHT: readonly [keyof typeof MUTANTS, Choices, ViolationKind, soon?: number][] = [
  // The signer judges the lock by itself: it refuses votes that the mutated engine lets pass, so nothing forks.
  ['no safeNode', withLiar('stale-leader'), 'other'],
  ['no distinct signers', withLiar('forger'), 'fork'],
  ['only prepare certificates verified', withLiar('forger'), 'stall'],
  ['no vote once', withLiar('equivocator'), 'double-sign'],
  ['majority is a quorum', { members: 7, byzantine: twins(1, 2) }, 'fork'],
  ['votes forgotten in a crash', { members: 4, actors: [] }, 'double-sign'],
  ['proposal forgotten in a crash', { members: 4, actors: [] }, 'double-sign'],
  ['lock forgotten in a crash', { members: 4, actors: [] }, 'stall', 313],
  ['everything forgotten in a crash', { members: 4, actors: [] }, 'double-sign'],
  ['votes after a timeout', { members: 4, actors: [] }, 'other', 2],
  ['no resend', { members: 4, actors: [] }, 'stall', 15],
  ['no timeouts', withLiar('silent'), 'stall', 5],
  ['no record before a signature', { members: 4, actors: [] }, 'other'],
];

/** Whether some seed of 400 shows this, or the one that is tried before them. */
function isSeen(
  subject: typeof hotStuffSubject,
  kind: ViolationKind,
  choices: Choices,
  soon?: number,
): boolean {
  for (const seed of firstSeeds(400, soon)) {
    if (simulate(subject, { seed, ...choices }).violations.some((each) => each.kind === kind)) return true;
  }
  return false;
}

/** Repeats its last message again and again. */
function neverSilent(): typeof hotStuffSubject {
  let last: { readonly to: MemberIndex | 'all'; readonly message: HotStuffMessage } | undefined;
  return mutant({
    step: (state, input) => {
      const { state: next, effects } = hotStuff.step(state, input);
      for (const effect of effects) if (effect.kind === 'transmit') last = effect;
      const timer = {
        kind: 'set-timer',
        name: 'resend',
        position: viewPosition(next.view),
        afterMs: 500,
      } as const;
      const said =
        input.kind === 'timer' && last !== undefined ? [{ ...last, kind: 'transmit' } as const] : [];
      return { state: next, effects: [...effects, ...said, timer] };
    },
  });
}

const givingUp = mutant({
  step: (state, input) => {
    if (state.view > 3n) throw new Error('gives up');
    return hotStuff.step(state, input);
  },
});

describe('the checkers bite', () => {
  test('REST: a federation that goes on talking when nothing is left to decide is reported', () => {
    const brokenBy = (subject: typeof hotStuffSubject) =>
      simulate(subject, { seed: 1, members: 4, actors: [], faults: [] }).violations.map(
        ({ invariant }) => invariant,
      );
    assert.deepEqual(brokenBy(hotStuffSubject), []);
    assert.deepEqual(brokenBy(neverSilent()), ['REST']);
  });

  test('HALT: a replica that gives up by itself is reported', () => {
    const { violations } = simulate(givingUp, { seed: 1, members: 4, actors: [] });
    assert.equal(violations.filter(({ invariant }) => invariant === 'HALT').length, 4);
  });

  for (const [name, choices, kind, soon] of CAUGHT) {
    test(`${name}: reported as ${kind}`, () => {
      assert.ok(isSeen(MUTANTS[name], kind, choices, soon));
    });
  }

  test('f + 1 twins fork the federation, and it is reported', () => {
    assert.ok(isSeen(hotStuffSubject, 'fork', { members: 4, byzantine: twins(1, 2) }));
  });

  test('f + 1 silent members stop the federation, and it is reported', () => {
    const byzantine = [0, 1].map((member) => ({ member: toMemberIndex(member), actor: 'silent' }));
    const { violations } = simulate(hotStuffSubject, { seed: 2, members: 4, byzantine });
    assert.deepEqual(
      violations.map(({ kind }) => kind),
      ['stall'],
    );
  });

  test('a twin and its original are one voter: f of them break nothing', () => {
    // test/long/simulation.ts runs it on more seeds.
    assertTwinsHarmless(4, 15);
    assertTwinsHarmless(7, 5);
  });
});
