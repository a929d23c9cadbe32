import { z } from 'zod';
import type { NamedApplication } from '#libs/membership/term-sections.ts';
import { boundRule, isWithin, type ParameterBound } from '#libs/protocol/parameters.ts';
import { required, strict } from './genesis-member-schema.ts';

const VERSION_BOUND = { min: 1, max: 2 ** 32 - 1, default: 1, reason: 'versions count from 1' };

/** The version of a protocol or an application. */
export const versionSchema = z.custom<number>(
  (value) => isWithin(VERSION_BOUND, value),
  boundRule(VERSION_BOUND),
);

/** Which applications there are, and which numbers they have, is judged by `applicationFault`. */
export const applicationSchema = z.strictObject(
  {
    id: z.string(required),
    version: versionSchema,
    parameters: z.record(z.string(), z.number('expected a whole number')).default({}),
  },
  strict,
);

/** An application that a genesis may name: its version, and its numbers. */
export interface FoundingApplication {
  readonly version: number;
  readonly bounds: Readonly<Record<string, ParameterBound>>;
}

export type FoundingApplications = ReadonlyMap<string, FoundingApplication>;

/** The log of all transactions, which gives them no meaning. */
const LOG = 'log';

/** The applications of this version of the software. */
export const FOUNDING_APPLICATIONS: FoundingApplications = new Map([[LOG, { version: 1, bounds: {} }]]);

/** The fault of an application that a genesis names, with the path of the key; or undefined. */
export function applicationFault(
  { id, version, parameters }: NamedApplication,
  applications: FoundingApplications,
): string | undefined {
  const known = applications.get(id);
  if (known === undefined) {
    return `application.id: unknown application ${JSON.stringify(id)}; this version has ${[...applications.keys()].join(', ')}`;
  }
  if (version !== known.version)
    return `application.version: version ${version} of ${id}; this version of btcfed has version ${known.version}`;
  const given = new Map(Object.entries(parameters));
  const stranger = [...given.keys()].find((name) => !Object.hasOwn(known.bounds, name));
  if (stranger !== undefined) return `application.parameters.${stranger}: unknown; remove it`;
  const wrong = Object.entries(known.bounds).find(([name, bound]) => !isWithin(bound, given.get(name)));
  return wrong && `application.parameters.${wrong[0]}: ${boundRule(wrong[1])}`;
}

/** Whether an application is the one of a genesis that names none. */
export function isDefaultApplication({ id, version, parameters }: NamedApplication): boolean {
  return id === LOG && version === 1 && Object.keys(parameters).length === 0;
}
