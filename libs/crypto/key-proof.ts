import { CryptoError } from './errors.ts';
import type { SignatureScheme, SigningKey } from './signature-scheme.ts';

const PROOF_MESSAGE = Buffer.from('btcfed/key-proof/v1', 'utf8');

/**
 * Signs and verifies once. OpenSSL loads a key whose public part belongs to another key without complaint, and
 * then makes signatures that nobody can verify: better to know before anybody waits for them. The message has a
 * tag of its own, so that the signature is worth nothing elsewhere.
 * @throws CryptoError `CRYPTO_KEY_MISMATCH`.
 */
export async function proveKey(scheme: SignatureScheme, key: SigningKey): Promise<void> {
  const signature = await key.sign(PROOF_MESSAGE);
  if (await scheme.verify(key.publicKey, PROOF_MESSAGE, signature)) return;
  throw new CryptoError('the secret key does not belong to its public key', { code: 'CRYPTO_KEY_MISMATCH' });
}
