import { randomBytes } from 'node:crypto';
import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { CryptoError } from './errors.ts';
import { SCHEME_SIZES, type SchemeName } from './parameter-sets.ts';
import type { PortablePool } from './portable-pool.ts';
import type { KeyPair, SignatureScheme, Signing, SigningKey } from './signature-scheme.ts';
import { checkContext, checkMessage, checkSize, signatureSizeFault } from './sizes.ts';

export interface PortableOptions {
  readonly pool: PortablePool;
  readonly signing: Signing;
}

const NO_CONTEXT = new Uint8Array();

/**
 * SLH-DSA by @noble/post-quantum, in worker threads: five to twelve times slower than the native one, but it
 * runs wherever JavaScript does. It makes no promise about timing and keeps the secret in the heap: for
 * machines without OpenSSL 3.5, for tests, and as the second opinion on the first.
 */
export function portableScheme(name: SchemeName, { pool, signing }: PortableOptions): SignatureScheme {
  const sizes = SCHEME_SIZES[name];
  const scheme: SignatureScheme = {
    name,
    backend: 'portable',
    sizes,
    generate: () => derivedKeyPair(name, pool, randomBytes(sizes.seed)),
    keyPairFromSeed: (seed) => derivedKeyPair(name, pool, seed),
    loadKey(secretKey) {
      checkSize('secret key', secretKey, sizes.secretKey);
      const computations = signing === 'deterministic' ? 2 : 1;
      return new PortableKey(name, { pool, signing, computations }, secretKey);
    },
    async sign(secretKey, message, context) {
      checkSize('secret key', secretKey, sizes.secretKey);
      const key = new PortableKey(name, { pool, signing, computations: 1 }, secretKey);
      return key.sign(message, context).finally(() => key.close());
    },
    async verify(publicKey, message, signature, context = NO_CONTEXT) {
      checkSize('public key', publicKey, sizes.publicKey);
      checkMessage(message);
      checkContext(context);
      if (signatureSizeFault(sizes, signature) !== undefined) return false;
      const result = await pool.run({
        kind: 'verify',
        scheme: name,
        publicKey: copyOf(publicKey),
        message: copyOf(message),
        signature: copyOf(signature),
        context: copyOf(context),
      });
      assert(result.kind === 'verify', 'the worker answers what it was asked');
      return result.ok;
    },
  };
  return scheme;
}

/** The key pair of a seed; the only way to have one, for both implementations. */
export async function derivedKeyPair(
  name: SchemeName,
  pool: PortablePool,
  seed: Uint8Array,
): Promise<KeyPair> {
  checkSize('seed', seed, SCHEME_SIZES[name].seed);
  const result = await pool.run({ kind: 'key-pair', scheme: name, seed: copyOf(seed) });
  assert(result.kind === 'key-pair', 'the worker answers what it was asked');
  return { publicKey: result.publicKey, secretKey: result.secretKey };
}

interface KeyOptions extends PortableOptions {
  readonly computations: 1 | 2;
}

class PortableKey implements SigningKey {
  readonly #name: SchemeName;
  readonly #options: KeyOptions;
  #secretKey: Uint8Array | undefined;
  #publicKey: Uint8Array;

  constructor(name: SchemeName, options: KeyOptions, secretKey: Uint8Array) {
    this.#name = name;
    this.#options = options;
    this.#secretKey = copyOf(secretKey);
    this.#publicKey = new Uint8Array(secretKey.subarray(secretKey.length / 2));
  }

  get publicKey(): Uint8Array {
    return this.#publicKey;
  }

  async sign(message: Uint8Array, context: Uint8Array = NO_CONTEXT): Promise<Uint8Array> {
    if (this.#secretKey === undefined) {
      throw new CryptoError('private key has been closed', { code: 'CRYPTO_KEY_CLOSED' });
    }
    checkMessage(message);
    checkContext(context);
    if (this.#options.computations === 1) return this.#signOnce(this.#secretKey, message, context);
    return this.#signTwice(this.#secretKey, message, context);
  }

  /**
   * Signs twice and compares. Without fresh randomness a single wrong bit gives away the key, so no signature leaves
   * that was computed only once.
   */
  async #signTwice(secretKey: Uint8Array, message: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
    const [first, second] = await Promise.all([
      this.#signOnce(secretKey, message, context),
      this.#signOnce(secretKey, message, context),
    ]);
    if (equalBytes(first, second)) return first;
    throw new CryptoError('two computations of one signature differ: do not use this machine for keys', {
      code: 'CRYPTO_FAULT',
      scheme: this.#name,
    });
  }

  async #signOnce(secretKey: Uint8Array, message: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
    const { pool, signing } = this.#options;
    const secret = copyOf(secretKey);
    const facts = { scheme: this.#name, message: copyOf(message), context: copyOf(context), signing };
    const result = await pool
      .run({ kind: 'sign', secretKey: secret, ...facts })
      .finally(() => secret.fill(0));
    assert(result.kind === 'sign', 'the worker answers what it was asked');
    return result.signature;
  }

  close(): void {
    this.#secretKey?.fill(0);
    this.#secretKey = undefined;
    this.#publicKey = new Uint8Array();
  }
}

/** An array of its own: a view sent to a thread would take all the memory it looks into with it. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
