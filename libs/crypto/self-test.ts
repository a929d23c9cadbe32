import { equalBytes } from '#libs/bytes/bytes.ts';
import { CryptoError } from './errors.ts';
import { knownAnswer } from './known-answer.ts';
import type { SignatureScheme, Signing } from './signature-scheme.ts';

/**
 * Whether this machine verifies SLH-DSA as NIST does: accepts a published signature, and refuses the same with one
 * bit changed in each of its parts and under another context. Takes six verifications.
 * @throws CryptoError `CRYPTO_FAULT`: nothing this machine accepts may be believed.
 */
export async function testVerifying(scheme: SignatureScheme): Promise<void> {
  const { secretKey, message, context, signature } = knownAnswer(scheme.name);
  const publicKey = secretKey.subarray(secretKey.length / 2);
  const accepts = (candidate: Uint8Array, under: Uint8Array = context): Promise<boolean> =>
    scheme.verify(publicKey, message, candidate, under);
  if (!(await accepts(signature))) throw fault(scheme, 'it refuses a signature that NIST published');
  // The randomizer lies first, then FORS, then the hypertree up to the last byte.
  for (const at of [0, scheme.sizes.seed, Math.floor(signature.length / 2), signature.length - 1]) {
    if (await accepts(flipped(signature, at)))
      throw fault(scheme, `it accepts a signature with byte ${at} changed`);
  }
  if (await accepts(signature, new Uint8Array()))
    throw fault(scheme, 'it accepts a signature of another context');
}

/**
 * Whether it makes signatures that it accepts, with a published key; and, when it signs deterministically, the very
 * bytes that NIST published (SIG-02). Takes one signature, up to 16 s in the portable implementation.
 * @throws CryptoError `CRYPTO_FAULT`.
 */
export async function testSigning(scheme: SignatureScheme, signing: Signing): Promise<void> {
  const { secretKey, message, context, signature } = knownAnswer(scheme.name);
  const publicKey = secretKey.subarray(secretKey.length / 2);
  const made = await scheme.sign(secretKey, message, context);
  if (!(await scheme.verify(publicKey, message, made, context))) {
    throw fault(scheme, 'it makes signatures that nobody can verify');
  }
  if (signing === 'deterministic' && !equalBytes(made, signature)) {
    throw fault(scheme, 'it makes other signatures than NIST published');
  }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

function fault({ name, backend }: SignatureScheme, reason: string): CryptoError {
  const message = `self-test of ${name} (${backend}) failed: ${reason}; do not use this machine for keys`;
  return new CryptoError(message, { code: 'CRYPTO_FAULT', scheme: name });
}
