import { equalBytes } from '#libs/bytes/bytes.ts';

/** The chain as the attached consensus described it; unknown until consensus attached for the first time. */
export interface ChainView {
  /** First 8 bytes of the genesis digest. */
  readonly tag: Uint8Array;
  /** Raw public keys of the members as lower-case hex. */
  readonly members: ReadonlySet<string>;
}

/** Whether a peer that was met under `before` may stay connected under `after`. */
export function isSameFor(key: string, before: ChainView | undefined, after: ChainView): boolean {
  if (before === undefined) return true;
  return equalBytes(before.tag, after.tag) && before.members.has(key) === after.members.has(key);
}
