import { z } from 'zod';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { membersLeast } from '#libs/membership/terms-rules.ts';
import type { FoundingTerms } from '#libs/protocol/parameters.ts';
import { applicationSchema, versionSchema } from './genesis-application.ts';
import { memberSchema, required, strict } from './genesis-member-schema.ts';
import { numbersOf, wholeWithin } from './genesis-numbers.ts';
import {
  BLOCK_PARAMETERS,
  type BlockParameterName,
  MEMBERSHIP_PARAMETERS,
  type MembershipParameterName,
  PLACED_PARAMETERS,
} from './genesis-parameters.ts';
import { TRANSPORTS } from './transport.ts';

/** The form of a chain's name. */
export const CHAIN_ID = /^[a-z0-9][a-z0-9-]{0,47}$/;
export const CHAIN_ID_RULE = 'expected 1 to 48 of a-z, 0-9 and "-", not beginning with "-"';

/** The terms that a genesis may give the protocol that it names, and the names that it may use. */
export interface SchemaTerms {
  readonly terms: FoundingTerms;
  /** Undefined: the name is of no protocol here, which the schema says, with `names`. */
  readonly protocol: string | undefined;
  readonly names: readonly string[];
}

/**
 * genesis.json of one protocol, field by field. Checks of several fields together are in `parseGenesis`. The hint `needs` is read
 * before it.
 */
export function genesisSchemaOf({ terms, protocol, names }: SchemaTerms) {
  return z.strictObject(
    {
      version: z.literal(1, 'expected 1, the only version of this file that this node knows'),
      needs: z.string().optional(),
      chain_id: z.string(required).regex(CHAIN_ID, CHAIN_ID_RULE),
      protocol: z.string(required).refine((name) => name === protocol, {
        error: ({ input }) =>
          `unknown protocol ${JSON.stringify(input)}; this version has ${names.join(', ')}`,
      }),
      /** Left out: the first. */
      protocol_version: versionSchema.default(1),
      /** Left out: the log. */
      application: applicationSchema.optional(),
      /** Left out: the first. */
      transport: z.enum(TRANSPORTS, `expected one of ${TRANSPORTS.join(', ')}`).default(TRANSPORTS[0]),
      scheme: z.string(required),
      genesis_time_ms: z
        .int('expected milliseconds since 1970, a whole number')
        .min(0, 'must not be before 1970'),
      allow_dominant_member: z.boolean('expected true or false').default(false),
      parameters: parametersSchemaOf(terms),
      /** Left out by protocols that have no other numbers than those in `parameters`. */
      protocol_parameters: z
        .strictObject(
          numbersOf(terms, (name) => !isPlaced(name)),
          strict,
        )
        .prefault({}),
      /** Left out: any size that the engine can run. */
      membership: membershipSchemaOf(terms),
      members: membersSchemaOf(terms, protocol),
    },
    strict,
  );
}

export type GenesisFile = z.output<ReturnType<typeof genesisSchemaOf>>;

function parametersSchemaOf(terms: FoundingTerms) {
  return z
    .strictObject(
      {
        ...numbersOf(terms, isPlaced),
        block_bytes_max: bounded('block_bytes_max'),
        block_transactions_max: bounded('block_transactions_max'),
        transaction_bytes_max: bounded('transaction_bytes_max'),
      },
      strict,
    )
    .refine((own) => own.transaction_bytes_max <= own.block_bytes_max, {
      path: ['transaction_bytes_max'],
      message: 'must be at most block_bytes_max: no block could hold such a transaction',
    });
}

function membershipSchemaOf(terms: FoundingTerms) {
  const least = membersLeast(terms);
  return z
    .strictObject(
      {
        members_min: policyNumber('members_min', least),
        members_max: policyNumber('members_max', least),
        step: policyNumber('step'),
        growth_max: policyNumber('growth_max'),
        epoch_blocks_min: policyNumber('epoch_blocks_min'),
      },
      strict,
    )
    .refine((own) => own.members_min <= own.members_max, {
      path: ['members_max'],
      message: 'must be at least members_min',
    })
    .prefault({});
}

function membersSchemaOf(terms: FoundingTerms, protocol: string | undefined) {
  const least = membersLeast(terms);
  const error = ({ input }: { readonly input?: unknown }): string => {
    const count = Array.isArray(input) ? input.length : 0;
    const few = `: fewer than ${MEMBERS_MIN} bear none that fails, and ${protocol ?? 'it'} does not run like that`;
    const isTooFew = count > 0 && count < least;
    return `a federation has ${least} to ${MEMBERS_MAX} members, got ${count}${isTooFew ? few : ''}`;
  };
  return z.array(memberSchema).min(least, { error }).max(MEMBERS_MAX, { error });
}

function isPlaced(name: string): boolean {
  return PLACED_PARAMETERS.includes(name);
}

function bounded(name: BlockParameterName): z.ZodType<number> {
  return wholeWithin(BLOCK_PARAMETERS[name]);
}

/** A key of the policy that is left out has its default, as all have when there is no section. */
function policyNumber(name: MembershipParameterName, least?: number): z.ZodDefault<z.ZodType<number>> {
  const bound = MEMBERSHIP_PARAMETERS[name];
  return wholeWithin({ ...bound, min: least ?? bound.min }).default(bound.default);
}
