import type { Digest } from '#libs/chain/ids.ts';

/** A transaction with its name, hashed once for the whole world. */
export interface NamedTransaction {
  readonly hash: Digest;
  readonly bytes: Uint8Array;
}
