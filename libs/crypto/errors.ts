import { AppError } from '#libs/errors/app-error.ts';

export type CryptoErrorDetail =
  /** There is no scheme of this name; the message lists all names. */
  | { readonly code: 'CRYPTO_UNKNOWN_SCHEME'; readonly scheme: string }
  /** The scheme exists, but not on this machine, or not with these options. */
  | { readonly code: 'CRYPTO_UNAVAILABLE'; readonly scheme: string; readonly backend: string }
  /** A key, seed or message of a size that the scheme does not know (SIG-07, SIG-09). */
  | {
      readonly code: 'CRYPTO_INVALID_SIZE';
      readonly field: string;
      readonly expectedBytes: number;
      readonly actualBytes: number;
    }
  /** A secret key whose public part belongs to another key. */
  | { readonly code: 'CRYPTO_KEY_MISMATCH' }
  /** Two computations of one signature differ, or a token's does not hold: the machine makes mistakes. */
  | { readonly code: 'CRYPTO_FAULT'; readonly scheme: string }
  /** A key in no form that we read. */
  | { readonly code: 'CRYPTO_KEY_UNREADABLE' }
  /** Too short or too long. */
  | { readonly code: 'CRYPTO_PASSPHRASE_REFUSED' }
  /** A sealed key with parameters that nobody should compute with. */
  | { readonly code: 'CRYPTO_SEAL_INVALID' }
  /** Wrong passphrase, or a sealed key that was changed. */
  | { readonly code: 'CRYPTO_SEAL_BROKEN' }
  /** The token that has the key does not sign: it is not there any more, or broken. */
  | { readonly code: 'CRYPTO_TOKEN_FAILED' }
  /** The key was closed (SIG-12). */
  | { readonly code: 'CRYPTO_KEY_CLOSED' }
  /** More work waits than may wait. */
  | { readonly code: 'CRYPTO_OVERLOADED'; readonly waiting: number }
  /** The worker of the portable implementation is missing or died. */
  | { readonly code: 'CRYPTO_WORKER_FAILED' };

export class CryptoError extends AppError<CryptoErrorDetail> {
  override readonly name = 'CryptoError';
}
