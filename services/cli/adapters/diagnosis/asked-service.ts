import { AppError } from '#libs/errors/app-error.ts';
import type { ServiceAnswer } from '../../core/diagnosis/outside-facts.ts';

/** The answer of a service, and what it said; nothing where it is silent. */
export interface AskedService<Told> {
  readonly answer: ServiceAnswer;
  readonly told: Told | undefined;
}

/** Asks a service. That it does not answer is an answer here; a file that a person gave and that cannot be used is none. */
export async function asked<Told>(question: () => Promise<Told>): Promise<AskedService<Told>> {
  try {
    return { answer: { kind: 'answers' }, told: await question() };
  } catch (error) {
    if (!(error instanceof AppError) || error.detail.code === 'CLI_INVALID_INPUT') throw error;
    return { answer: { kind: 'silent', reason: error.message }, told: undefined };
  }
}

export function notAsked<Told>(reason: string): AskedService<Told> {
  return { answer: { kind: 'not-asked', reason }, told: undefined };
}
