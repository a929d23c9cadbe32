import { z } from 'zod';
import { toHex } from '#libs/bytes/hex.ts';
import { toCertifiedKeyDigest } from '#libs/chain/ids.ts';
import { type KeySignature, keySignatureOf } from '#libs/protocol/signed.ts';

const signatureRow = z.object({
  signature: z.instanceof(Uint8Array).nullable(),
  key: z
    .instanceof(Uint8Array)
    .transform((bytes) => toCertifiedKeyDigest(toHex(bytes)))
    .nullable(),
});

/** The signature in a row of the slot table, with the key that made it. */
export function signatureOf(row: unknown): KeySignature | undefined {
  if (row === undefined) return undefined;
  const { signature, key } = signatureRow.parse(row);
  return signature === null ? undefined : keySignatureOf({ signature, key: key ?? undefined });
}
