import { schemeByName } from './scheme.ts';
import type { SignatureScheme } from './signature-scheme.ts';

/**
 * A verifier of signatures of any scheme, each of which is made once.
 * It throws CryptoError `CRYPTO_UNKNOWN_SCHEME` for a name that is no scheme.
 */
export function verifyByScheme(): (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  scheme: string,
) => Promise<boolean> {
  const schemes = new Map<string, SignatureScheme>();
  return async (publicKey, message, signature, name) => {
    const scheme = schemes.get(name) ?? schemeByName(name);
    schemes.set(name, scheme);
    return scheme.verify(publicKey, message, signature);
  };
}
