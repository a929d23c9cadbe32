/** Sizes of one parameter set, in bytes (FIPS 205, table 2). */
export interface SchemeSizes {
  /** PK.seed ‖ PK.root. */
  readonly publicKey: number;
  /** SK.seed ‖ SK.prf ‖ PK.seed ‖ PK.root: its last half is the public key. */
  readonly secretKey: number;
  readonly signature: number;
  /** SK.seed ‖ SK.prf ‖ PK.seed, from which a key pair is derived. */
  readonly seed: number;
}

/**
 * All of FIPS 205: hash family, security level, and `s` for small or `f` for fast signing. A signature takes
 * 15 ms (sha2-128f) to over a second (shake-256s) to make and 0.3 to 3 ms to verify.
 */
export const SCHEME_SIZES = {
  'slh-dsa-sha2-128s': sizesOf(16, 7_856),
  'slh-dsa-sha2-128f': sizesOf(16, 17_088),
  'slh-dsa-sha2-192s': sizesOf(24, 16_224),
  'slh-dsa-sha2-192f': sizesOf(24, 35_664),
  'slh-dsa-sha2-256s': sizesOf(32, 29_792),
  'slh-dsa-sha2-256f': sizesOf(32, 49_856),
  'slh-dsa-shake-128s': sizesOf(16, 7_856),
  'slh-dsa-shake-128f': sizesOf(16, 17_088),
  'slh-dsa-shake-192s': sizesOf(24, 16_224),
  'slh-dsa-shake-192f': sizesOf(24, 35_664),
  'slh-dsa-shake-256s': sizesOf(32, 29_792),
  'slh-dsa-shake-256f': sizesOf(32, 49_856),
} as const;

export type SchemeName = keyof typeof SCHEME_SIZES;

export function isSchemeName(name: string): name is SchemeName {
  return Object.hasOwn(SCHEME_SIZES, name);
}

/** Every name, in the order of the standard. */
export function schemeNames(): readonly SchemeName[] {
  return Object.keys(SCHEME_SIZES).filter(isSchemeName);
}

/** @param n - Security parameter of the set, in bytes. */
function sizesOf(n: number, signature: number): SchemeSizes {
  return { publicKey: 2 * n, secretKey: 4 * n, signature, seed: 3 * n };
}
