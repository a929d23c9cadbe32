const SECURITY_LEVELS = [
  { bits: 128, publicKeyBytes: 32 },
  { bits: 192, publicKeyBytes: 48 },
  { bits: 256, publicKeyBytes: 64 },
] as const;

/** Public key size in bytes of each signature scheme that a genesis may name. */
export type PublicKeySizes = ReadonlyMap<string, number>;

/** The twelve parameter sets of FIPS 205: hash, security level in bits, small or fast. Table 2 gives the sizes. */
export const SLH_DSA_PUBLIC_KEY_SIZES: PublicKeySizes = new Map(
  ['sha2', 'shake'].flatMap((hash) =>
    SECURITY_LEVELS.flatMap(({ bits, publicKeyBytes }) =>
      ['s', 'f'].map((variant) => [`slh-dsa-${hash}-${bits}${variant}`, publicKeyBytes] as const),
    ),
  ),
);
