import { z } from 'zod';
import type { StatementShare, StatementWords } from '#libs/protocols/statement-words.ts';
import { RATE_MAX } from '../words/limits.ts';
import { type Grant, type MatrixCall, OPERATIONS } from './client-matrix.ts';
import { kindsIn, STATEMENT_SHARES } from './statement-shares.ts';
import type { Grantable } from './usual-grants.ts';

const rate = z.number().positive().max(RATE_MAX);
const rates = { burst: rate.int(), per_second: rate };

/**
 * One rule, as the file of a matrix has it: an operation, statements by their kind, or by one of the older words for some of them. It
 * gives the calls that it allows.
 */
export function ruleSchema(words: StatementWords) {
  const known = [...words.keys()].join(', ');
  return z
    .strictObject({
      operation: z.enum([...OPERATIONS, ...STATEMENT_SHARES]),
      protocol: z.string().refine((name) => words.has(name), {
        error: `this version has no such protocol: it has ${known}`,
      }),
      /** Of `sign`. */
      kind: z.string().optional(),
      /** Of `vote`. */
      phase: z.string().optional(),
      ...rates,
    })
    .superRefine((rule, context) => {
      for (const { field, message } of ruleFaults(rule, words))
        context.addIssue({ code: 'custom', path: [field], message });
    })
    .transform(({ protocol, burst, per_second: perSecond, ...said }): Grant[] => {
      const given = { protocol, rate: { burst, perSecond } };
      const kindsOf = (share: StatementShare) => kindsIn(words, protocol, share);
      return callsOf(said, kindsOf).map((call) => ({ ...call, ...given }));
    });
}

interface Rule {
  readonly operation: Grantable;
  readonly kind?: string | undefined;
  readonly phase?: string | undefined;
}

interface RuleFault {
  readonly field: 'operation' | 'kind' | 'phase';
  readonly message: string;
}

function ruleFaults(
  { operation, protocol, kind, phase }: Rule & { readonly protocol: string },
  words: StatementWords,
): readonly RuleFault[] {
  const faults: RuleFault[] = [];
  const note = (field: RuleFault['field'], message: string): void => void faults.push({ field, message });
  if ((operation === 'vote') !== (phase !== undefined))
    note('phase', 'a vote has a phase, and nothing else has one');
  if ((operation === 'sign') !== (kind !== undefined))
    note('kind', 'what is signed has a kind, and nothing else has one');
  if (!words.has(protocol)) return faults;
  const [votes, all] = [kindsIn(words, protocol, 'vote'), kindsIn(words, protocol, 'sign')];
  if (phase !== undefined && !votes.includes(phase))
    note('phase', `${protocol} has no such vote: one of ${votes.join(', ')}`);
  if (kind !== undefined && !all.includes(kind))
    note('kind', `${protocol} has no such statement: one of ${all.join(', ')}`);
  if (isShare(operation) && kindsIn(words, protocol, operation).length === 0)
    note('operation', `${protocol} has no such statement: one of ${all.join(', ')}`);
  return faults;
}

/** The calls that a rule allows. The older words for statements stand for each of their kinds. */
function callsOf(
  { operation, kind, phase }: Rule,
  kindsOf: (share: StatementShare) => readonly string[],
): readonly Omit<MatrixCall, 'protocol'>[] {
  if (kind !== undefined || phase !== undefined) return [{ operation: 'sign', kind: kind ?? phase }];
  if (!isShare(operation)) return [{ operation }];
  return kindsOf(operation).map((each) => ({ operation: 'sign', kind: each }));
}

function isShare(operation: Grantable): operation is StatementShare {
  return STATEMENT_SHARES.some((each) => each === operation);
}
