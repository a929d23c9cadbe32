import { equalBytes } from '#libs/bytes/bytes.ts';
import { shortKey } from './short-key.ts';

/** The chain as the attached consensus described it; unknown until consensus attached for the first time. */
export interface ChainView {
  /** First 8 bytes of the genesis digest. */
  readonly tag: Uint8Array;
  /** Raw public keys of the members as lower-case hex. */
  readonly members: ReadonlySet<string>;
  /** Names of members by their keys, as far as consensus knows them; for people only. */
  readonly names?: ReadonlyMap<string, string>;
}

/** The word for a member in labels: its name, or the beginning of its key where no name is known. */
export function memberLabel(key: string, chain: ChainView | undefined): string | undefined {
  return chain && (chain.names?.get(key) ?? shortKey(key));
}

/** Whether a peer that was met under `before` may stay connected under `after`. */
export function isSameFor(key: string, before: ChainView | undefined, after: ChainView): boolean {
  if (before === undefined) return true;
  return equalBytes(before.tag, after.tag) && before.members.has(key) === after.members.has(key);
}
