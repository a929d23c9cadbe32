import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LOCK_STEPS } from '#libs/simulation/conformance/courses/locks-course.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { type HotStuffVariant, hotStuffRow } from './hotstuff-row.ts';

const { shape } = hotStuffSubject;

/** The faults that C9 finds in HotStuff with these steps. */
function faultsOf(steps: readonly string[], variant: HotStuffVariant = 'plain'): readonly string[] {
  const { candidate } = hotStuffRow(variant);
  const { subject } = candidate;
  const changed = { ...subject, shape: { ...subject.shape, steps } };
  const open = LOCK_STEPS.open(
    { ...candidate, subject: changed, simulated: { ...candidate.simulated, shape: changed.shape } },
    QUICK,
  );
  return open.run(0).failures.map(({ text }) => text);
}

describe('C9 splits the steps that messages have', () => {
  for (const variant of ['plain', 'lock-step', 'votes-to-all'] as const) {
    test(`in ${variant}`, () => {
      assert.deepEqual(faultsOf(hotStuffRow(variant).candidate.simulated.shape.steps, variant), []);
    });
  }

  test('and is red for messages of a step that is not named: without it every schedule would pass unsplit', () => {
    const steps = shape.steps.map((step) => (step === 'pre-commit' ? 'precommit' : step));
    assert.deepEqual(faultsOf(steps), [
      "messages are of step pre-commit, which is none of the protocol's, so none of them is hidden",
    ]);
  });

  test('and for a view without steps', () => {
    assert.deepEqual(faultsOf([]), ['a view has no steps that could be split']);
  });
});
