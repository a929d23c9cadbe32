import { boundRule, isWithin, type ParameterBound, type ParameterValues } from './parameters.ts';

type Bounds = Readonly<Record<string, ParameterBound>>;

/** A number as people say it: in its word, where it has words. A name that is not known here has none. */
export function parameterWord(bounds: Bounds | undefined, name: string, value: number): string {
  return boundOf(bounds, name)?.words?.[value] ?? String(value);
}

/** Numbers as people say them, those with words that are not said too. */
export function toldParameters(
  bounds: Bounds | undefined,
  values: ParameterValues,
): Readonly<Record<string, string>> {
  const unsaid = Object.entries(bounds ?? {}).flatMap(([name, { words }]) =>
    words?.[0] === undefined ? [] : [[name, words[0]] as const],
  );
  const said = Object.entries(values).map(
    ([name, value]) => [name, parameterWord(bounds, name, value)] as const,
  );
  return Object.fromEntries([...unsaid, ...said]);
}

/** Numbers as files and programs have them: those with words by their word. */
export function shownParameters(
  bounds: Bounds | undefined,
  values: ParameterValues,
): Readonly<Record<string, number | string>> {
  const isWorded = (name: string): boolean => unsaidWord(bounds, name) !== undefined;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isWorded(name) ? parameterWord(bounds, name, value) : value,
    ]),
  );
}

/** The word of a number that is not said, where it has words; undefined for any other, which is always said. */
export function unsaidWord(bounds: Bounds | undefined, name: string): string | undefined {
  return boundOf(bounds, name)?.words?.[0];
}

/** The number that a person said, by its word or in digits. A problem is the rule of the number that was broken. */
export function parameterFrom(
  bound: ParameterBound | undefined,
  text: string,
): { readonly value: number } | { readonly problem: string } {
  if (bound?.words === undefined) {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    if (value !== undefined) return { value };
    return { problem: bound === undefined ? 'expected a whole number' : boundRule(bound) };
  }
  const value = bound.words.indexOf(text);
  return isWithin(bound, value) ? { value } : { problem: `got ${JSON.stringify(text)}; ${boundRule(bound)}` };
}

/** Values as terms say them: without those whose word needs not be said. */
export function saidParameters(bounds: Bounds, values: ParameterValues): ParameterValues {
  const said = Object.entries(values).filter(
    ([name, value]) => value !== 0 || unsaidWord(bounds, name) === undefined,
  );
  return Object.fromEntries(said);
}

/** By own keys alone, because names come from files and from other members. */
function boundOf(bounds: Bounds | undefined, name: string): ParameterBound | undefined {
  return bounds !== undefined && Object.hasOwn(bounds, name) ? bounds[name] : undefined;
}
