import type { FoundingTerms, ParameterValues } from '#libs/protocol/parameters.ts';

/** The numbers that terms of a protocol must say, each at its default. */
export function usualNumbers({ parameters }: FoundingTerms): ParameterValues {
  const said = Object.entries(parameters.bounds).filter(([, { words }]) => words === undefined);
  return Object.fromEntries(said.map(([name, bound]) => [name, bound.default]));
}
