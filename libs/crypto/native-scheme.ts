import { createPrivateKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { CryptoError } from './errors.ts';
import { PUBLIC_KEYS_MAX } from './limits.ts';
import { SCHEME_SIZES, type SchemeName } from './parameter-sets.ts';
import type { PortablePool } from './portable-pool.ts';
import { derivedKeyPair } from './portable-scheme.ts';
import { PublicKeys, publicKeyObject } from './public-keys.ts';
import type { KeyPair, SignatureScheme, SigningKey } from './signature-scheme.ts';
import { checkContext, checkMessage, checkSize, signatureSizeFault } from './sizes.ts';

const NO_CONTEXT = new Uint8Array();

/**
 * SLH-DSA by OpenSSL. Signing and verifying run on libuv's thread pool; making a key pair runs here, because it is
 * done once in the life of a key. Signing is always hedged: OpenSSL's other mode is not within reach. OpenSSL derives
 * no key from a seed, so that one thing the portable implementation does.
 */
export function nativeScheme(name: SchemeName, { pool }: { readonly pool: PortablePool }): SignatureScheme {
  const sizes = SCHEME_SIZES[name];
  const publicKeys = new PublicKeys(name, PUBLIC_KEYS_MAX);
  const scheme: SignatureScheme = {
    name,
    backend: 'native',
    sizes,
    generate: async () => generated(name),
    keyPairFromSeed: (seed) => derivedKeyPair(name, pool, seed),
    loadKey(secretKey) {
      checkSize('secret key', secretKey, sizes.secretKey);
      const raw = bufferOf(secretKey);
      const key = createPrivateKey({ key: raw, format: 'raw-private', asymmetricKeyType: name });
      return new NativeKey(key, new Uint8Array(secretKey.subarray(secretKey.length / 2)));
    },
    async sign(secretKey, message, context) {
      const key = scheme.loadKey(secretKey);
      return key.sign(message, context).finally(() => key.close());
    },
    async verify(publicKey, message, signature, context = NO_CONTEXT) {
      checkSize('public key', publicKey, sizes.publicKey);
      checkMessage(message);
      checkContext(context);
      if (signatureSizeFault(sizes, signature) !== undefined) return false;
      return verified(publicKeys.get(publicKey), { message, signature, context });
    },
    verifyAtOnce(publicKey, message, signature) {
      checkSize('public key', publicKey, sizes.publicKey);
      checkMessage(message);
      if (signatureSizeFault(sizes, signature) !== undefined) return false;
      return verify(null, message, { key: publicKeys.get(publicKey), context: NO_CONTEXT }, signature);
    },
  };
  return scheme;
}

/**
 * Whether this Node and its OpenSSL know the scheme: tries it, because version numbers do not tell (SIG-16, SIG-17).
 */
export function isNativeAvailable(name: SchemeName): boolean {
  try {
    publicKeyObject(name, Buffer.alloc(SCHEME_SIZES[name].publicKey));
    return true;
  } catch {
    return false; // The reason does not matter: the scheme is not available.
  }
}

/** The versions that run here, for a sentence about a missing scheme. */
export function nativeVersions(): string {
  return `Node ${process.versions.node} with OpenSSL ${process.versions.openssl}`;
}

/** A key of OpenSSL. The secret lives in OpenSSL's memory alone, once the caller has cleared the raw bytes (SIG-13). */
export class NativeKey implements SigningKey {
  #key: KeyObject | undefined;
  #publicKey: Uint8Array;

  constructor(key: KeyObject, publicKey: Uint8Array) {
    this.#key = key;
    this.#publicKey = publicKey;
  }

  get publicKey(): Uint8Array {
    return this.#publicKey;
  }

  async sign(message: Uint8Array, context: Uint8Array = NO_CONTEXT): Promise<Uint8Array> {
    const key = this.#key;
    if (key === undefined) {
      throw new CryptoError('private key has been closed', { code: 'CRYPTO_KEY_CLOSED' });
    }
    checkMessage(message);
    checkContext(context);
    return new Promise((resolve, reject) => {
      sign(null, message, { key, context }, (error, signature) =>
        error ? reject(error) : resolve(signature),
      );
    });
  }

  close(): void {
    this.#key = undefined;
    this.#publicKey = new Uint8Array();
  }
}

/** Asynchronous key generation has no type for these names in Node's own declarations; the synchronous one has. */
function generated(name: SchemeName): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync(name);
  return {
    publicKey: publicKey.export({ format: 'raw-public' }),
    secretKey: privateKey.export({ format: 'raw-private' }),
  };
}

interface Signed {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly context: Uint8Array;
}

function verified(key: KeyObject, { message, signature, context }: Signed): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, message, { key, context }, signature, (error, ok) => (error ? reject(error) : resolve(ok)));
  });
}

/** The same memory as a Buffer, which is all that Node's key functions take. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
