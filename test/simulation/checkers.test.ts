import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { ViolationKind } from '#libs/simulation/findings.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { TWIN } from '#libs/simulation/plan.ts';
import { type RunOptions, simulate } from '#libs/simulation/simulate.ts';
import { MUTANTS } from '../support/hotstuff-mutants.ts';

type Choices = Omit<RunOptions, 'seed'>;

/** What the first failing seed found, of at most `seeds`. */
function found(subject: typeof hotStuffSubject, seeds: number, choices: Choices): readonly ViolationKind[] {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = simulate(subject, { seed, ...choices });
    if (violations.length > 0) return violations.map(({ kind }) => kind);
  }
  return [];
}

/** A run with this liar in it, whatever the seed. */
function withLiar(actor: string, members = 4): Choices {
  return { members, byzantine: [{ member: toMemberIndex(1), actor }] };
}

/** Each mutant, who brings it down, and what must be seen. */
const CAUGHT: readonly [keyof typeof MUTANTS, Choices, ViolationKind][] = [
  // The signer judges the lock by itself, so that what the engine lets pass is refused and forks nothing.
  ['no safeNode', withLiar('stale-leader'), 'other'],
  ['no distinct signers', withLiar('forger'), 'fork'],
  ['only prepare certificates verified', withLiar('forger'), 'stall'],
  ['no vote once', withLiar('equivocator'), 'double-sign'],
  ['majority is a quorum', { members: 7, byzantine: twins(1, 2) }, 'fork'],
  ['votes forgotten in a crash', { members: 4, actors: [] }, 'double-sign'],
  ['proposal forgotten in a crash', { members: 4, actors: [] }, 'double-sign'],
  ['lock forgotten in a crash', { members: 4, actors: [] }, 'stall'],
  ['everything forgotten in a crash', { members: 4, actors: [] }, 'double-sign'],
  ['votes after a timeout', { members: 4, actors: [] }, 'other'],
  ['no resend', { members: 4, actors: [] }, 'stall'],
  ['no timeouts', withLiar('silent'), 'stall'],
  ['no record before a signature', { members: 4, actors: [] }, 'other'],
];

function twins(...members: number[]) {
  return members.map((member) => ({ member: toMemberIndex(member), actor: TWIN }));
}

function firstSeedWith(subject: typeof hotStuffSubject, kind: ViolationKind, choices: Choices): boolean {
  for (let seed = 1; seed <= 400; seed++) {
    if (simulate(subject, { seed, ...choices }).violations.some((each) => each.kind === kind)) return true;
  }
  return false;
}

describe('the checkers bite', () => {
  for (const [name, choices, kind] of CAUGHT) {
    test(`${name}: reported as ${kind}`, () => {
      assert.ok(firstSeedWith(MUTANTS[name], kind, choices));
    });
  }

  test('f + 1 twins fork the federation, and it is reported', () => {
    assert.ok(firstSeedWith(hotStuffSubject, 'fork', { members: 4, byzantine: twins(1, 2) }));
  });

  test('f + 1 silent members stop the federation, and it is reported', () => {
    const byzantine = [0, 1].map((member) => ({ member: toMemberIndex(member), actor: 'silent' }));
    assert.deepEqual(found(hotStuffSubject, 1, { members: 4, byzantine }), ['stall']);
  });

  test('a twin and its original are one voter: f of them break nothing', () => {
    assert.deepEqual(found(hotStuffSubject, 60, { members: 4, byzantine: twins(1) }), []);
    assert.deepEqual(found(hotStuffSubject, 30, { members: 7, byzantine: twins(1, 2) }), []);
  });
});
