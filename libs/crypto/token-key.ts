import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';
import { CryptoError } from './errors.ts';
import { NativeKey, nativeVersions } from './native-scheme.ts';
import type { SchemeName } from './parameter-sets.ts';
import type { SignatureScheme, SigningKey } from './signature-scheme.ts';

/**
 * A key that stays in a token: OpenSSL's STORE finds it by its URI, and the token signs. The PIN is cleared.
 * @throws CryptoError `CRYPTO_UNAVAILABLE` when no provider reads such URIs, the token's module does not start, or the token
 * has no SLH-DSA of this set; `CRYPTO_SEAL_BROKEN` when the token does not give the key.
 */
export function tokenKey(scheme: SignatureScheme, uri: string, pin: Buffer): TokenKey {
  const { name } = scheme;
  const key = loaded(name, uri, pin);
  const kind = key.asymmetricKeyType ?? 'of no kind that Node knows';
  if (kind === name) return new TokenKey(scheme, key);
  const cure = `consensus needs ${name}: a token with CKM_SLH_DSA, and pkcs11-provider 1.3.0 or later`;
  throw unavailable(name, `the key in the token is ${kind}, and ${cure}`);
}

/**
 * A key in a token. A token is another machine, which can be pulled out and can make mistakes, so each of its
 * signatures is verified before anybody gets it; that costs a millisecond.
 */
export class TokenKey implements SigningKey {
  readonly #scheme: SignatureScheme;
  readonly #key: NativeKey;

  constructor(scheme: SignatureScheme, key: KeyObject) {
    this.#scheme = scheme;
    this.#key = new NativeKey(key, createPublicKey(key).export({ format: 'raw-public' }));
  }

  get publicKey(): Uint8Array {
    return this.#key.publicKey;
  }

  /** @throws CryptoError, beside those of every key, `CRYPTO_TOKEN_FAILED`, and `CRYPTO_FAULT` for a signature that does not hold. */
  async sign(message: Uint8Array, context?: Uint8Array): Promise<Uint8Array> {
    const { publicKey } = this;
    const signature = await this.#key.sign(message, context).catch(signingFailed);
    if (await this.#scheme.verify(publicKey, message, signature, context)) return signature;
    const reason = 'the token made a signature that does not hold: do not trust it with this key any more';
    throw new CryptoError(reason, { code: 'CRYPTO_FAULT', scheme: this.#scheme.name });
  }

  close(): void {
    this.#key.close();
  }
}

function signingFailed(cause: unknown): never {
  if (cause instanceof CryptoError) throw cause;
  const said = cause instanceof Error ? ` (${cause.message})` : '';
  const message = `the token does not sign${said}: see that it is there, or the p11-kit server in front of it`;
  throw new CryptoError(message, { code: 'CRYPTO_TOKEN_FAILED' }, { cause });
}

function loaded(scheme: SchemeName, uri: string, pin: Buffer): KeyObject {
  // The token would count it as a wrong one.
  if (pin.length === 0)
    throw new CryptoError('the PIN of the token is empty', { code: 'CRYPTO_SEAL_BROKEN' });
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

/**
 * The reason why no token can be reached at all; undefined: OpenSSL has the provider, and the module of the token
 * starts. The function asks for a token that nobody has: a present token would count the PIN as a wrong one.
 */
export function tokenProviderFault(): string | undefined {
  try {
    const key = new URL('pkcs11:token=btcfed-has-no-such-token;type=cert');
    Reflect.apply(createPrivateKey, undefined, [{ key, passphrase: '-' }]);
    return undefined;
  } catch (cause) {
    const { message, detail } = refusal('slh-dsa-sha2-128f', cause);
    return detail.code === 'CRYPTO_UNAVAILABLE' ? message : undefined;
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
  // An error of the provider itself, before it asked any token.
  if (cause instanceof Error && /:pkcs11:/.test(cause.message)) {
    const cure =
      'see that pkcs11-module-path in OPENSSL_CONF names it, and that the p11-kit server is there if one stands before it';
    return unavailable(scheme, `the module of the token does not start: ${cure}`);
  }
  const message =
    'the token does not give the key: wrong or locked PIN, no key of that name, or no such token. Each wrong PIN counts';
  return new CryptoError(message, { code: 'CRYPTO_SEAL_BROKEN' }, { cause });
}

function unavailable(scheme: SchemeName, message: string): CryptoError {
  return new CryptoError(message, { code: 'CRYPTO_UNAVAILABLE', scheme, backend: 'pkcs11' });
}
