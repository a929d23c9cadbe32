import { z } from 'zod';
import { fromHex } from '#libs/bytes/hex.ts';
import { GATEWAY_KEY_BYTES, MEMBER_NAME } from '#libs/membership/roster.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** Of every object in genesis.json: members that read a file differently would part at the first block. */
export const strict = { error: objectProblem };
/** Of every text that must be there. */
export const required = { error: 'missing or not text' };
const positiveInteger = 'expected a whole number from 1 to 9007199254740991';

/** One member of genesis.json. */
export const memberSchema = z.strictObject(
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

function objectProblem(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys') return 'expected an object';
  return `unknown key ${JSON.stringify(issue.keys[0])}; remove it`;
}
