import { AppError } from '#libs/errors/app-error.ts';

/**
 * Names of the events: `btcfed.<network>.<member>.<service>.<noun>.<event>.v1`, from the widest word to the
 * narrowest, so that one wildcard follows a network, a member or a service.
 */
export interface SubjectParts {
  readonly network: string;
  readonly member: string;
  readonly service: string;
  readonly noun: string;
  readonly event: string;
}

/** The events that are facts; all others are signals. The stream keeps these and no others. */
export const FACTS = [
  { service: 'consensus', noun: 'block', event: 'committed' },
  { service: 'consensus', noun: 'transaction', event: 'final' },
] as const;

export type FactName = (typeof FACTS)[number];

/** Subjects of all facts of all members, for the stream. */
export const FACT_SUBJECTS = FACTS.map(({ service, noun, event }) =>
  ['btcfed', '*', '*', service, noun, event, 'v1'].join('.'),
);

/** Subject of everything that anybody publishes. */
export const ALL_EVENTS = 'btcfed.>';

export class SubjectError extends AppError<{ readonly code: 'EVENT_SUBJECT_INVALID' }> {
  override readonly name = 'SubjectError';
}

const TOKEN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** The subject. Throws a SubjectError when a part is not one plain token: a dot or `*` would change its meaning. */
export function subjectOf({ network, member, service, noun, event }: SubjectParts): string {
  return `btcfed.${tokens([network, member, service, noun, event])}.v1`;
}

/** Subject of all that one service of a member publishes. Throws a SubjectError as `subjectOf` does. */
export function eventsOf(
  { network, member }: Pick<SubjectParts, 'network' | 'member'>,
  service: string,
): string {
  return `btcfed.${tokens([network, member, service])}.>`;
}

function tokens(names: readonly string[]): string {
  const bad = names.find((name) => !TOKEN.test(name));
  if (bad === undefined) return names.join('.');
  const message = `"${bad}" cannot stand in an event subject: use up to 63 of a-z, 0-9, - and _`;
  throw new SubjectError(message, { code: 'EVENT_SUBJECT_INVALID' });
}
