import type { SchemeName, SchemeSizes } from './parameter-sets.ts';

/** `native` is OpenSSL inside Node, on its thread pool; `portable` is @noble/post-quantum, in a worker thread. */
export type Backend = 'native' | 'portable';

/**
 * `hedged` mixes fresh randomness into every signature, as FIPS 205 prefers; `deterministic` gives the same
 * bytes for the same key and message (SIG-02). A verifier cannot tell them apart.
 */
export type Signing = 'hedged' | 'deterministic';

/** Keys in the raw encoding of FIPS 205. The maker of a pair clears the secret as soon as it is stored or loaded. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** A secret key that is ready to sign. */
export interface SigningKey {
  /** Empty once the key is closed (SIG-12). */
  readonly publicKey: Uint8Array;
  /**
   * @param context - Of FIPS 205, at most 255 bytes; a signature is valid under its own context alone. Left out: empty.
   * @throws CryptoError `CRYPTO_KEY_CLOSED`, `CRYPTO_INVALID_SIZE` for an empty message, or, when it signs
   * deterministically, `CRYPTO_FAULT` when two computations differ.
   */
  sign(message: Uint8Array, context?: Uint8Array): Promise<Uint8Array>;
  /** Drops the secret; harmless when done twice. */
  close(): void;
}

/**
 * SLH-DSA (FIPS 205) of one parameter set, in pure mode; the federation's own context is empty (SIG-03). The two
 * implementations can be exchanged at any time: same keys, same signatures.
 */
export interface SignatureScheme {
  readonly name: SchemeName;
  readonly backend: Backend;
  readonly sizes: SchemeSizes;

  generate(): Promise<KeyPair>;

  /** Derives the key pair of SK.seed ‖ SK.prf ‖ PK.seed: same seed, same keys. For tests and vectors. */
  keyPairFromSeed(seed: Uint8Array): Promise<KeyPair>;

  /**
   * Takes a copy of a secret key; the caller may clear its own. Whether public and secret part belong
   * together shows only when a signature is verified: see `proveKey`.
   */
  loadKey(secretKey: Uint8Array): SigningKey;

  /** Signs once with a raw secret key, for tests and vectors: it is computed once, also when it is deterministic. */
  sign(secretKey: Uint8Array, message: Uint8Array, context?: Uint8Array): Promise<Uint8Array>;

  /**
   * Whether the signature is one of this message by this key. A signature of another size is no signature: false,
   * without any work. Never throws for any signature that a peer can send.
   * @throws CryptoError `CRYPTO_INVALID_SIZE` for a public key of another size, an empty message or a context that
   * is too long.
   */
  verify(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
    context?: Uint8Array,
  ): Promise<boolean>;

  /**
   * The verdict of `verify` under the empty context, at once and on the calling thread, where the implementation can: one to four
   * milliseconds of this thread in place of two changes of thread, which take longer than that where other processes want the cores.
   */
  readonly verifyAtOnce?: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}
