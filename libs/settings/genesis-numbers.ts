import { z } from 'zod';
import { boundRule, type FoundingTerms, isWithin, type ParameterBound } from '#libs/protocol/parameters.ts';

/**
 * The numbers of a protocol that stand in one section. None has a default, so that all members read the same; a number that is said by a word may
 * be left out, and is its first word then.
 */
export function numbersOf(
  { parameters: { bounds } }: FoundingTerms,
  isHere: (name: string) => boolean,
): Record<string, z.ZodType<number | undefined>> {
  const here = Object.entries(bounds).filter(([name]) => isHere(name));
  return Object.fromEntries(
    here.map(([name, bound]) => [name, bound.words === undefined ? wholeWithin(bound) : wordOf(bound)]),
  );
}

function wordOf(bound: ParameterBound): z.ZodType<number | undefined> {
  const { words = [] } = bound;
  const error = ({ input }: { readonly input?: unknown }): string =>
    `got ${JSON.stringify(input)}; ${boundRule(bound)}`;
  return z
    .custom<string>((value) => typeof value === 'string' && words.includes(value), { error })
    .transform((word) => words.indexOf(word))
    .optional();
}

/** A number within its bounds. */
export function wholeWithin(bound: ParameterBound): z.ZodType<number> {
  return z.custom<number>((value) => isWithin(bound, value), boundRule(bound));
}
