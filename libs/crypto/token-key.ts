import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';
import { CryptoError } from './errors.ts';
import { NativeKey, nativeVersions } from './native-scheme.ts';
import type { SchemeName } from './parameter-sets.ts';
import type { SigningKey } from './signature-scheme.ts';

/** RFC 7512. The PIN never stands in it: what stands in a file is read. */
const TOKEN_URI = /^pkcs11:(?!.*pin-(?:value|source)=)\S{1,512}$/;

/** Whether this names a key in a token, and no PIN with it. */
export function isTokenUri(text: string): boolean {
  return TOKEN_URI.test(text);
}

/**
 * A key that stays in a token: OpenSSL's STORE finds it by its URI, and the token signs. The PIN is cleared.
 * @throws CryptoError `CRYPTO_UNAVAILABLE` when no provider reads such URIs, or the token has no SLH-DSA of this set;
 * `CRYPTO_SEAL_BROKEN` when the token does not give the key.
 */
export function tokenKey(scheme: SchemeName, uri: string, pin: Buffer): SigningKey {
  const key = loaded(scheme, uri, pin);
  const kind = key.asymmetricKeyType ?? 'of no kind that Node knows';
  if (kind !== scheme) {
    const cure = `consensus needs ${scheme}: a token with CKM_SLH_DSA, and pkcs11-provider 1.3.0 or later`;
    throw unavailable(scheme, `the key in the token is ${kind}, and ${cure}`);
  }
  return new NativeKey(key, createPublicKey(key).export({ format: 'raw-public' }));
}

function loaded(scheme: SchemeName, uri: string, pin: Buffer): KeyObject {
  try {
    // Node's own declarations do not know yet that a key may be a URL.
    const key: unknown = Reflect.apply(createPrivateKey, undefined, [{ key: new URL(uri), passphrase: pin }]);
    if (key instanceof KeyObject) return key;
    throw new TypeError('createPrivateKey gives a key');
  } catch (cause) {
    throw refusal(scheme, cause);
  } finally {
    pin.fill(0);
  }
}

function refusal(scheme: SchemeName, cause: unknown): CryptoError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ERR_ACCESS_DENIED') {
    return unavailable(scheme, 'keys in tokens are not permitted: start Node with --allow-openssl-store');
  }
  if (code === 'ERR_OSSL_OSSL_STORE_UNSUPPORTED') {
    const cure = 'install pkcs11-provider (1.3.0 or later for SLH-DSA) and name it in OPENSSL_CONF';
    return unavailable(scheme, `${nativeVersions()} has no provider for pkcs11: URIs: ${cure}`);
  }
  const message = 'the token does not give the key: wrong PIN, no key of that name, or no such token';
  return new CryptoError(message, { code: 'CRYPTO_SEAL_BROKEN' }, { cause });
}

function unavailable(scheme: SchemeName, message: string): CryptoError {
  return new CryptoError(message, { code: 'CRYPTO_UNAVAILABLE', scheme, backend: 'pkcs11' });
}
