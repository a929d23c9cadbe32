import { z } from 'zod';
import { fromHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { tokenUriFault } from '#libs/crypto/token-uri.ts';
import { CustodyError, type CustodyFault } from '../words/errors.ts';

export const FORMAT_VERSION = 1;

const bytes = z
  .string()
  .transform((text, context) => fromHex(text) ?? fail(context, 'expected lower-case hex'));

const keyFileSchema = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  scheme: z.enum(schemeNames()),
  public_key: bytes,
  secret_key: bytes.optional(),
  sealed_key: z
    .strictObject({
      kdf: z.literal('argon2id'),
      memory: z.number(),
      passes: z.number(),
      lanes: z.number(),
      salt: z.base64(),
      aead: z.literal('aes-256-gcm'),
      nonce: z.base64(),
      ciphertext: z.base64(),
    })
    .optional(),
  token_key: z
    .string()
    .superRefine((text, context) => {
      const message = tokenUriFault(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional(),
  created: z.iso.datetime(),
  imported: z.literal(true).optional(),
  chain_digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform(toDigest)
    .nullable(),
  protocol: z.string().min(1).nullable(),
});

/** The fields of a key file, checked for their form only. */
export type KeyFileText = z.output<typeof keyFileSchema>;

/** @throws CustodyError `CUSTODY_KEY_INVALID` naming the bad fields. */
export function parsedText(path: string, raw: Buffer): KeyFileText {
  const parsed = keyFileSchema.safeParse(jsonOf(path, raw));
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(faultOf))];
  throw keyFileRefused('CUSTODY_KEY_INVALID', path, `bad ${fields.join(', ')}`);
}

/** Only a bad name of a token's key is described: other values may be secrets. */
function faultOf({ path, code, message }: z.core.$ZodIssue): string {
  const field = path.join('.');
  return field === 'token_key' ? `${field}: ${message}` : field || code;
}

/** The cause is left out on purpose: a JSON error quotes the text that it could not read. */
function jsonOf(path: string, raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, 'it is not JSON');
  }
}

export function keyFileRefused(
  code: CustodyFault,
  path: string,
  reason: string,
  cause?: unknown,
): CustodyError {
  return new CustodyError(`key file ${path}: ${reason}`, { code, path }, { cause });
}

function fail(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
