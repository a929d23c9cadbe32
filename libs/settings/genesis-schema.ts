import { z } from 'zod';
import { fromHex } from '#libs/bytes/hex.ts';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { GATEWAY_KEY_BYTES, MEMBER_NAME } from '#libs/membership/roster.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import {
  GENESIS_PARAMETERS,
  type GenesisParameterName,
  MEMBERSHIP_PARAMETERS,
  type MembershipParameterName,
  type ParameterBound,
} from './genesis-parameters.ts';

/** The form of a chain's name. */
export const CHAIN_ID = /^[a-z0-9][a-z0-9-]{0,47}$/;
export const CHAIN_ID_RULE = 'expected 1 to 48 of a-z, 0-9 and "-", not beginning with "-"';
const LATER_PROTOCOLS = ['pbft', 'dbft', 'phased'];

const strict = { error: objectProblem };
const required = { error: 'missing or not text' };
const positiveInteger = 'expected a whole number from 1 to 9007199254740991';

const memberSchema = z.strictObject(
  {
    name: z
      .string(required)
      .regex(MEMBER_NAME, 'expected 1 to 32 of a-z, 0-9, "-" and "_", not beginning with a sign'),
    consensus_public_key: z.string(required).transform((text, context) => {
      const bytes = fromHex(text);
      if (bytes !== undefined && bytes.length > 0) return bytes;
      context.addIssue({ code: 'custom', message: 'expected lower-case hex; take what btcfed init printed' });
      return z.NEVER;
    }),
    gateway_public_key: z.string(required).transform((text, context) => {
      const decoded = decodeBase64(text);
      if (
        'bytes' in decoded &&
        decoded.bytes.length === GATEWAY_KEY_BYTES &&
        encodeBase64(decoded.bytes) === text
      ) {
        return decoded.bytes;
      }
      context.addIssue({
        code: 'custom',
        message: 'expected standard base64 of 32 bytes, 44 characters with padding',
      });
      return z.NEVER;
    }),
    weight: z.int(positiveInteger).min(1, positiveInteger),
  },
  strict,
);

const parametersSchema = z
  .strictObject(
    {
      view_timeout_ms: bounded('view_timeout_ms'),
      view_timeout_ms_max: bounded('view_timeout_ms_max'),
      block_bytes_max: bounded('block_bytes_max'),
      block_transactions_max: bounded('block_transactions_max'),
      transaction_bytes_max: bounded('transaction_bytes_max'),
    },
    strict,
  )
  .refine((own) => own.view_timeout_ms <= own.view_timeout_ms_max, {
    path: ['view_timeout_ms_max'],
    message: 'must be at least view_timeout_ms',
  })
  .refine((own) => own.transaction_bytes_max <= own.block_bytes_max, {
    path: ['transaction_bytes_max'],
    message: 'must be at most block_bytes_max: no block could hold such a transaction',
  });

const membershipSchema = z
  .strictObject(
    {
      members_min: policyNumber('members_min'),
      members_max: policyNumber('members_max'),
      step: policyNumber('step'),
      growth_max: policyNumber('growth_max'),
      epoch_blocks_min: policyNumber('epoch_blocks_min'),
    },
    strict,
  )
  .refine((own) => own.members_min <= own.members_max, {
    path: ['members_max'],
    message: 'must be at least members_min',
  });

/** genesis.json, field by field. Checks of several fields together are in `parseGenesis`. */
export const genesisSchema = z.strictObject(
  {
    version: z.literal(1, 'expected 1, the only version of this file that this node knows'),
    chain_id: z.string(required).regex(CHAIN_ID, CHAIN_ID_RULE),
    protocol: z.literal('hotstuff', { error: (issue) => protocolProblem(issue.input) }),
    scheme: z.string(required),
    genesis_time_ms: z
      .int('expected milliseconds since 1970, a whole number')
      .min(0, 'must not be before 1970'),
    allow_dominant_member: z.boolean('expected true or false').default(false),
    parameters: parametersSchema,
    /** Left out: any size that the engine can run. */
    membership: membershipSchema.prefault({}),
    members: z
      .array(memberSchema)
      .min(MEMBERS_MIN, {
        error: ({ input }) => memberCountProblem(input),
      })
      .max(MEMBERS_MAX, { error: ({ input }) => memberCountProblem(input) }),
  },
  strict,
);

export type GenesisFile = z.output<typeof genesisSchema>;

function bounded(name: GenesisParameterName): z.ZodType<number> {
  return wholeWithin(GENESIS_PARAMETERS[name]);
}

/** A key of the policy that is left out has its default, as all have when there is no section. */
function policyNumber(name: MembershipParameterName): z.ZodDefault<z.ZodType<number>> {
  const bound = MEMBERSHIP_PARAMETERS[name];
  return wholeWithin(bound).default(bound.default);
}

function wholeWithin({ min, max, reason }: ParameterBound): z.ZodType<number> {
  const message = `expected a whole number from ${min} to ${max}: ${reason}`;
  return z.int(message).min(min, message).max(max, message);
}

function protocolProblem(input: unknown): string {
  const later = typeof input === 'string' && LATER_PROTOCOLS.includes(input);
  return later ? `"${input}" is not in this version; use "hotstuff"` : 'unknown protocol; use "hotstuff"';
}

function memberCountProblem(input: unknown): string {
  const count = Array.isArray(input) ? input.length : 0;
  return `a federation has ${MEMBERS_MIN} to ${MEMBERS_MAX} members, got ${count}`;
}

function objectProblem(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys') return 'expected an object';
  return `unknown key ${JSON.stringify(issue.keys[0])}; remove it`;
}
