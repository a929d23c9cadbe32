import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { type SearchResult, searchKeys } from './key-search.ts';
import type { KeyWorld } from './key-world.ts';

/** One search, and the promise that must break in it; undefined: none. */
export interface PromiseCase {
  readonly protocol: string;
  readonly name: string;
  /** The broken rule; left out: none. */
  readonly rule?: string;
  readonly mustBreak: string | undefined;
  readonly world: () => KeyWorld;
  readonly rules: Rules;
}

export interface PromiseResult extends SearchResult {
  readonly protocol: string;
  readonly name: string;
  readonly rule: string | undefined;
  readonly mustBreak: string | undefined;
}

export function runPromiseCase({
  protocol,
  name,
  rule,
  mustBreak,
  world,
  rules,
}: PromiseCase): PromiseResult {
  return { protocol, name, rule, mustBreak, ...searchKeys(world(), rules) };
}

/** The promise that must break without each rule. */
export type Breaks = Partial<Record<keyof Rules, string>>;

/** All rules, and then each of these taken out. */
export function eachRule(
  { protocol, name, world }: Pick<PromiseCase, 'protocol' | 'name' | 'world'>,
  breaks: Breaks,
): PromiseCase[] {
  return [
    { protocol, name, mustBreak: undefined, world, rules: ALL_RULES },
    ...Object.entries(breaks).map(([rule, mustBreak]) => ({
      ...{ protocol, rule, mustBreak, world },
      name: `${name}, without ${rule}`,
      rules: { ...ALL_RULES, [rule]: false },
    })),
  ];
}
