import type { EndedTest } from '#test/support/runner/ended-tests.ts';

type Ended = Pick<EndedTest, 'name' | 'passed'>;

/** The verdict of a row's tests on a mutation: caught only by `caught`. */
export type Verdict =
  | { readonly is: 'caught'; readonly by: string }
  | { readonly is: 'survived' | 'does not apply' }
  | { readonly is: 'no verdict'; readonly why: string };

/**
 * Whether a row's own tests notice a mutation: one of them fails with it that passes without.
 *
 * @param before - The tests of the row on the code as it is.
 * @param after - The same with the mutation; undefined when it does not apply.
 */
export function verdictOf(before: readonly Ended[], after: readonly Ended[] | undefined): Verdict {
  if (after === undefined) return { is: 'does not apply' };
  const failing = before.find(({ passed }) => !passed);
  if (failing !== undefined) return { is: 'no verdict', why: `fails without it too: ${failing.name}` };
  if (before.length === 0) return { is: 'no verdict', why: 'no test names the row' };
  const caught = after.find(({ name, passed }) => !passed && before.some((each) => each.name === name));
  if (caught !== undefined) return { is: 'caught', by: caught.name };
  // Code that does not even load breaks every test, so its failures prove nothing.
  if (after.length < before.length) return { is: 'no verdict', why: 'not all tests of the row took place' };
  return { is: 'survived' };
}
