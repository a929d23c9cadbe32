import { collectDroppedKeys } from '#libs/crypto/collect-dropped-keys.ts';
import { CryptoError } from '#libs/crypto/errors.ts';
import type { SigningKey } from '#libs/crypto/signature-scheme.ts';
import { SignerError } from '../words/errors.ts';
import type { FaultLatch } from './fault-latch.ts';
import type { Passphrase } from './key-file.ts';
import { type KeyPlace, openKey } from './open-key.ts';
import { faultError, latchedError, lockedError } from './vault-errors.ts';

export interface KeyVaultOptions extends KeyPlace {
  /** Remembers a mistake of the machine over restarts. */
  readonly latch: FaultLatch;
  /** Called when the key is locked for good: its token is gone, or the machine made a mistake. */
  readonly onLost: (cause: CryptoError) => void;
}

/** A signature after one of these would be luck. */
const LOSSES: readonly string[] = ['CRYPTO_TOKEN_FAILED', 'CRYPTO_FAULT'];

/**
 * The consensus key of one member, in memory or not. An unlocked key exists once, in OpenSSL's own memory; a
 * locked one exists nowhere (services/signer/README.md R5).
 */
export class KeyVault {
  readonly publicKey: Uint8Array;
  readonly #options: KeyVaultOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #key: SigningKey | undefined;
  #isOpening = false;
  /** How often the vault was locked: a key whose opening began before a lock is dropped. */
  #closings = 0;

  constructor(options: KeyVaultOptions) {
    this.#options = options;
    this.publicKey = options.publicKey;
  }

  get isLocked(): boolean {
    return this.#key === undefined;
  }

  /**
   * Reads the key, checks that it is the one of the record, and has it sign once; a third of a second and a signature.
   * @throws CustodyError or CryptoError, with the vault as locked as before; SignerError `SIGNER_OVERLOADED` for a
   * second try at the same time, because each takes 64 MiB.
   */
  async unlock(passphrase: Passphrase): Promise<void> {
    if (!this.isLocked) return;
    if (this.#isOpening) {
      throw new SignerError('the key is being unlocked already', { code: 'SIGNER_OVERLOADED', waiting: 1 });
    }
    this.#isOpening = true;
    const before = this.#closings;
    const opening = openKey(this.#options, passphrase);
    this.#underWay.add(opening);
    try {
      const key = await opening;
      // The vault was locked, or the signer stopped, while the key was being opened: the key must be nowhere.
      if (this.#closings !== before) {
        key.close();
        throw lockedError();
      }
      this.#key = key;
    } finally {
      this.#underWay.delete(opening);
      this.#isOpening = false;
    }
  }

  /** Drops the key at once. Signatures under way are still made; when it resolves, they are, and no copy is in memory. */
  async lock(): Promise<void> {
    this.close();
    await Promise.allSettled(this.#underWay);
    collectDroppedKeys();
  }

  /** The machine's mistake, because of which nothing is signed; undefined when there was none. */
  get fault(): string | undefined {
    return this.#options.latch.reason;
  }

  /** The operator trusts the machine again. */
  async liftFault(): Promise<void> {
    await this.#options.latch.lift();
  }

  /** The reason why nothing is signed now; undefined when the key signs. A request refused for it may be repeated. */
  get refusal(): SignerError | undefined {
    if (this.fault !== undefined) return latchedError(this.fault);
    return this.isLocked ? lockedError() : undefined;
  }

  /** @throws SignerError `SIGNER_LOCKED`, `SIGNER_LATCHED`, or `SIGNER_FAULT_DETECTED` for the signature that was wrong. */
  async sign(message: Uint8Array): Promise<Uint8Array> {
    if (this.refusal !== undefined) throw this.refusal;
    if (this.#key === undefined) throw lockedError();
    const signing = this.#signed(this.#key, message).catch((error: unknown) => this.#failed(error));
    this.#underWay.add(signing);
    return signing.finally(() => this.#underWay.delete(signing));
  }

  /** Signs, and verifies every signature before it leaves (services/signer/README.md R3). */
  async #signed(key: SigningKey, message: Uint8Array): Promise<Uint8Array> {
    const { scheme } = this.#options;
    const signature = await key.sign(message);
    if (!(await this.#holds(message, signature))) {
      throw new CryptoError('a signature of this machine does not verify: do not use it for keys', {
        code: 'CRYPTO_FAULT',
        scheme: scheme.name,
      });
    }
    // Another signature was wrong meanwhile: this one may be too, in a way that verifies.
    if (this.fault !== undefined) throw latchedError(this.fault);
    return signature;
  }

  /** At once where that is possible: nothing is to be done for this key meanwhile, and the thread pool may be busy. */
  #holds(message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean> {
    const { scheme, publicKey } = this.#options;
    return scheme.verifyAtOnce === undefined
      ? scheme.verify(publicKey, message, signature)
      : scheme.verifyAtOnce(publicKey, message, signature);
  }

  /** Drops the key, to be freed in its own time. */
  close(): void {
    this.#closings += 1;
    this.#key?.close();
    this.#key = undefined;
  }

  /** Locks a key that signs wrongly: an operator who has the token back, or knows the cause, unlocks it. */
  async #failed(error: unknown): Promise<never> {
    if (!(error instanceof CryptoError) || !LOSSES.includes(error.detail.code)) throw error;
    const isFault = error.detail.code === 'CRYPTO_FAULT';
    const latched = isFault && this.fault === undefined ? this.#options.latch.set(error.message) : undefined;
    // Locks at once, before the wait for the disk: requests that come meanwhile must not be signed.
    if (this.#key !== undefined) {
      this.close();
      this.#options.onLost(error);
    }
    await latched;
    throw isFault ? faultError(error) : lockedError(error);
  }
}
