import { assert } from '#libs/assert/assert.ts';
import type { ProtocolTiming } from './protocol-timing.ts';

/** One number that all members share: its bounds, and why they are where they are. */
export interface ParameterBound {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /**
   * Of a number that people say by a word: the word of each value, that of 0 first. Such a number is said only where it is not 0, so that
   * terms of before it have no other bytes and digest than they had.
   */
  readonly words?: readonly string[];
  /** The reason that is told to a person whose value is refused. */
  readonly reason: string;
}

/** Whole numbers by name, as genesis.json names them. */
export type ParameterValues = Readonly<Record<string, number>>;

/** A value that does not fit the others: its name, and what is wrong with it. */
export interface ParameterFault {
  readonly name: string;
  readonly problem: string;
}

/** The numbers of a protocol that all members share: the genesis says each of them that has no words, and the chain digest covers them. */
export interface ProtocolParameters {
  /** Every number, by a name of a-z, 0-9 and "_". */
  readonly bounds: Readonly<Record<string, ParameterBound>>;
  /** The fault of numbers that are within their bounds one by one, or undefined. */
  fault(values: ParameterValues): ParameterFault | undefined;
  /** The bounds of its waits. */
  timing(values: ParameterValues): ProtocolTiming;
}

/** The protocol that an epoch runs, and its numbers. */
export interface ProtocolTerms {
  readonly protocol: string;
  /** Every number of the protocol; of those with words, the ones that are not 0. */
  readonly parameters: ParameterValues;
}

/** All that the genesis of a chain may say of a protocol, and asks of it. */
export interface FoundingTerms {
  readonly parameters: ProtocolParameters;
  /** Whether a federation may have one to three members, of whom none may fail. */
  readonly runsWithoutFaults: boolean;
}

/** The protocols that a genesis may name. */
export type FoundingProtocols = ReadonlyMap<string, FoundingTerms>;

/** A number of a protocol, of values that were read by its bounds. */
export function parameterOf(values: ParameterValues, name: string): number {
  const value = values[name];
  assert(value !== undefined, `no parameter ${name}`);
  return value;
}

/** The rule of one number, in words. */
export function boundRule({ min, max, words, reason }: ParameterBound): string {
  if (words !== undefined) return `expected ${words.join(' or ')}: ${reason}`;
  return `expected a whole number from ${min} to ${max}: ${reason}`;
}

export function isWithin({ min, max }: ParameterBound, value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

/** The first fault of numbers: a number that the protocol does not have, that is missing or out of its bounds, or that contradicts others. */
export function parametersFault(
  parameters: ProtocolParameters,
  values: ParameterValues,
): ParameterFault | undefined {
  const { bounds } = parameters;
  const all = new Map(Object.entries(values));
  const stranger = [...all.keys()].find((name) => !Object.hasOwn(bounds, name));
  if (stranger !== undefined) {
    const known = Object.keys(bounds).join(', ');
    return { name: stranger, problem: `unknown; the protocol has ${known === '' ? 'no numbers' : known}` };
  }
  for (const [name, bound] of Object.entries(bounds)) {
    const problem = valueProblem(bound, all.get(name));
    if (problem !== undefined) return { name, problem };
  }
  return parameters.fault(values);
}

function valueProblem(bound: ParameterBound, value: number | undefined): string | undefined {
  const { words } = bound;
  if (words === undefined) return isWithin(bound, value) ? undefined : boundRule(bound);
  if (value === undefined || (value !== 0 && isWithin(bound, value))) return undefined;
  return value === 0 ? `${words[0]} is what holds where it is not said: leave it out` : boundRule(bound);
}
