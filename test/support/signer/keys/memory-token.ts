import crypto, { type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

type Signed = (error: Error | null, signature: Buffer) => void;

/**
 * A token behind OpenSSL's STORE as Node's `crypto` shows it, for machines without one that has SLH-DSA. It does what
 * pkcs11-provider 1.3.0 was seen to do with Kryoptic 1.5.2: a user who is logged in stays so, and is asked for no PIN any more;
 * all that is wrong with a PIN or a name is one error.
 */
export class MemoryToken implements Disposable {
  readonly pin = '314159';
  /** Whether it is plugged in. */
  isThere = true;
  /** PINs that were tried. */
  readonly tried: string[] = [];
  readonly #keys = new Map<string, KeyObject>();
  readonly #original = { createPrivateKey: crypto.createPrivateKey, sign: crypto.sign };
  #isLoggedIn = false;

  constructor() {
    Object.assign(crypto, {
      createPrivateKey: (input: unknown) => this.#opened(input),
      sign: (...args: Parameters<typeof crypto.sign>) => this.#sign(...args),
    });
    syncBuiltinESMExports();
  }

  put(uri: string, key: KeyObject): void {
    this.#keys.set(uri, key);
  }

  /** A new process is not logged in. */
  restart(): void {
    this.#isLoggedIn = false;
  }

  [Symbol.dispose](): void {
    Object.assign(crypto, this.#original);
    syncBuiltinESMExports();
  }

  #opened(input: unknown): unknown {
    const { createPrivateKey } = this.#original;
    if (typeof input !== 'object' || input === null || !('key' in input) || !(input.key instanceof URL)) {
      return Reflect.apply(createPrivateKey, crypto, [input]);
    }
    const pin = 'passphrase' in input && Buffer.isBuffer(input.passphrase) ? String(input.passphrase) : '';
    if (this.isThere && !this.#isLoggedIn) {
      this.tried.push(pin);
      this.#isLoggedIn = pin === this.pin;
    }
    const key = this.isThere && this.#isLoggedIn ? this.#keys.get(input.key.href) : undefined;
    if (key !== undefined) return key;
    const message = 'Failed to load private key through an OpenSSL STORE loader';
    throw Object.assign(new Error(message), { code: 'ERR_CRYPTO_OPERATION_FAILED' });
  }

  #sign(...args: readonly unknown[]): unknown {
    const { key } = args[2] as SignKeyObjectInput;
    if (this.isThere || ![...this.#keys.values()].includes(key)) {
      return Reflect.apply(this.#original.sign, crypto, args);
    }
    const error = new Error('error:40800030:pkcs11::Some problem has occurred with the token and/or slot');
    setImmediate(() => (args[3] as Signed)(error, Buffer.alloc(0)));
    return undefined;
  }
}
