import { prng } from '#libs/random/prng.ts';

/** Any other one would do that meets each choice in each share of a quick run (`test/conformance/quick-extent.test.ts`): it is fixed, so that a part is the same again. */
const SEED = 'drawn';

/**
 * One in so many of the cases of an enumeration, drawn: a stride that shares a factor with the enumeration would never meet some of its
 * choices, and so would each share of the rest that goes by a stride again. Where all are taken they stay in their order, so that a part keeps its
 * number.
 */
export function drawnOrder(cases: number, every: number): readonly number[] {
  const all = [...Array(cases).keys()];
  return every === 1
    ? all
    : prng(SEED)
        .shuffle(all)
        .slice(0, Math.ceil(cases / every));
}
