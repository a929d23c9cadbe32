import { AppError } from '#libs/errors/app-error.ts';

/** Why the chain store does not go on. After each of these the member must not vote. */
export type ChainErrorDetail =
  /**
   * A fault of content: the database returns bytes that were never written to it. Damage that SQLite itself
   * finds is a DatabaseError.
   */
  | { readonly code: 'CHAIN_STORE_CORRUPT'; readonly path: string }
  /** The database is of another genesis. */
  | { readonly code: 'CHAIN_STORE_OTHER_CHAIN'; readonly path: string }
  /** The database is of another member: it remembers the votes of that one. */
  | { readonly code: 'CHAIN_STORE_OTHER_MEMBER'; readonly path: string }
  /** A valid commit certificate contradicts a final block: more than f members lied. */
  | {
      readonly code: 'CHAIN_FORK';
      readonly height: bigint;
      readonly final: string;
      readonly certified: string;
    }
  /** A block that a quorum committed is not valid here: the members do not compute alike. */
  | { readonly code: 'CHAIN_DIVERGED'; readonly height: bigint }
  /** A certificate names a block at a height where it is not. */
  | { readonly code: 'CHAIN_CERTIFICATE_MISMATCH'; readonly height: bigint; readonly certified: string }
  /** A decided block, or one on the way to it, is not held. */
  | { readonly code: 'CHAIN_BLOCK_MISSING'; readonly digest: string }
  /** The safety record does not match its checksum, or is not one. */
  | { readonly code: 'RECORD_CORRUPT'; readonly path: string };

export class ChainError extends AppError<ChainErrorDetail> {
  override readonly name = 'ChainError';
}
