import { assert } from '#libs/assert/assert.ts';
import type { SignatureClaim } from '#libs/crypto/verified-cache.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';

/** The signature to verify for a claim; undefined for a claim of a stranger. */
export function signatureClaim(
  { member, statement, signature }: Claim,
  set: ValidatorSet,
  scope: SigningScope,
): SignatureClaim | undefined {
  const publicKey = set.members[member]?.publicKey;
  const table = voteTableOf(scope.protocol);
  assert(table !== undefined, `the votes of ${scope.protocol} are unknown`);
  return publicKey && { publicKey, message: table.bytes(scope, statement), signature };
}
