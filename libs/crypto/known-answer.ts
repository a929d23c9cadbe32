import { assert } from '#libs/assert/assert.ts';
import { fromHex } from '#libs/bytes/hex.ts';
import answers from './known-answers.json' with { type: 'json' };
import type { SchemeName } from './parameter-sets.ts';

/** A deterministic signature that NIST published (ACVP-Server, SLH-DSA-sigGen-FIPS205, pure mode). */
export interface KnownAnswer {
  readonly secretKey: Uint8Array;
  readonly message: Uint8Array;
  readonly context: Uint8Array;
  readonly signature: Uint8Array;
}

export function knownAnswer(scheme: SchemeName): KnownAnswer {
  const found = answers.find((answer) => answer.scheme === scheme);
  assert(found !== undefined, 'there is a known answer for each parameter set');
  return {
    secretKey: bytesOf(found.secretKey),
    message: bytesOf(found.message),
    context: bytesOf(found.context),
    signature: Buffer.from(found.signature, 'base64'),
  };
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes !== undefined, 'known answers are written in hex');
  return bytes;
}
