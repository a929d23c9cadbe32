import type { SignatureClaim } from '#libs/crypto/verified-cache.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';

/** The signature to verify for a claim; undefined for a claim of a stranger. */
export function signatureClaim(
  { member, statement, signature }: Claim,
  set: ValidatorSet,
  scope: SigningScope,
): SignatureClaim | undefined {
  const publicKey = set.members[member]?.publicKey;
  return publicKey && { publicKey, message: signingBytes(scope, statement), signature };
}
