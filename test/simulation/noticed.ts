import type { Violation } from '#libs/simulation/checks/findings.ts';

/** The name of assertions, those of the code and those of tests. */
const ASSERTION = 'AssertionError';

/**
 * Whether an error says that a rule was broken: assertions do. Any other error, such as one of the language, says only that the code
 * without the rule does not run: nobody would notice the next mutant that does.
 */
export function isAssertion(error: unknown): boolean {
  return error instanceof Error && error.name === ASSERTION;
}

/** The first broken promise of a run; a node that halted counts where an assertion of its own ended it. */
export function firstBroken(violations: readonly Violation[]): Violation | undefined {
  return violations.find(({ invariant, text }) => invariant !== 'HALT' || text.includes(`: ${ASSERTION}`));
}

/** The words for what a run breaks, or for the assertion that ends it; undefined when nothing is broken, or another error ended it. */
export function brokenIn(name: string, run: () => readonly Violation[]): string | undefined {
  try {
    const broken = firstBroken(run());
    return broken && `${name}: ${broken.invariant}`;
  } catch (error) {
    return isAssertion(error) ? `${name}: ${String(error)}` : undefined;
  }
}
