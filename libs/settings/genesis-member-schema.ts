import { z } from 'zod';
import { fromHex } from '#libs/bytes/hex.ts';
import { isRuled } from '#libs/membership/key-rules.ts';
import { MEMBER_KEYS_MAX } from '#libs/membership/limits.ts';
import { KEY_PURPOSES, type MemberKey } from '#libs/membership/member-keys.ts';
import { GATEWAY_KEY_BYTES, MEMBER_NAME } from '#libs/membership/roster.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** Of every object in genesis.json: members that read a file differently would part at the first block. */
export const strict = { error: objectProblem };
/** Of every text that must be there. */
export const required = { error: 'missing or not text' };
const positiveInteger = 'expected a whole number from 1 to 9007199254740991';

const KEY_WORDS = Object.keys(KEY_PURPOSES)
  .filter((word) => isRuled(purposeOf(word)))
  .join(', ');

/** Bytes in lower-case hex, at least one. */
const hexBytes = z.string(required).transform((text, context) => {
  const bytes = fromHex(text);
  if (bytes !== undefined && bytes.length > 0) return bytes;
  context.addIssue({ code: 'custom', message: 'expected lower-case hex; take what btcfed init printed' });
  return z.NEVER;
});

/** A further key of a member; the demands of its scheme are judged in genesis-members.ts. */
const memberKeySchema = z
  .strictObject(
    {
      purpose: z.string(required).refine((word) => isRuled(purposeOf(word)), {
        error: ({ input }) => `unknown purpose ${JSON.stringify(input)}; this version has ${KEY_WORDS}`,
      }),
      scheme: z.string(required),
      public_key: hexBytes,
      proof: hexBytes,
    },
    strict,
  )
  .transform(({ purpose, scheme, public_key: publicKey, proof }): MemberKey => {
    return { purpose: purposeOf(purpose), scheme, publicKey, proof };
  });

/** The further keys of a member, in genesis.json and in member.json. */
export const memberKeysSchema = z
  .array(memberKeySchema)
  .max(MEMBER_KEYS_MAX, `a member has at most ${MEMBER_KEYS_MAX} further keys`)
  .refine(isAscending, 'expected keys in the order of their purposes, each purpose once');

/** One member of genesis.json. */
export const memberSchema = z.strictObject(
  {
    name: z
      .string(required)
      .regex(MEMBER_NAME, 'expected 1 to 32 of a-z, 0-9, "-" and "_", not beginning with a sign'),
    consensus_public_key: hexBytes,
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
    /** Left out by a member that has no further keys. */
    keys: memberKeysSchema.default([]),
  },
  strict,
);

/** The number of a purpose by its word; 0 for a word that is none. */
function purposeOf(word: string): number {
  return Object.entries(KEY_PURPOSES).find(([known]) => known === word)?.[1] ?? 0;
}

function isAscending(keys: readonly MemberKey[]): boolean {
  return keys.every(({ purpose }, at) => purpose > (keys[at - 1]?.purpose ?? 0));
}

function objectProblem(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys') return 'expected an object';
  const key = JSON.stringify(issue.keys[0]);
  // A key of the file itself may be a section of a later version, and who removes that has another chain.
  return issue.path?.length === 0 || issue.path === undefined
    ? `unknown key ${key}: a slip, or a section of a later btcfed. Do not remove it from a file that others use, for that would be another chain: install the version that wrote it`
    : `unknown key ${key}; remove it`;
}
