import type { SchemeName } from './parameter-sets.ts';

/** The numbers of one parameter set that its work follows from (FIPS 205, table 2). */
interface TreeNumbers {
  /** Bytes of a hash. */
  readonly n: number;
  /** Layers of the hypertree. */
  readonly d: number;
  /** Height of each of its trees. */
  readonly height: number;
  /** Height of a tree of FORS, and how many there are. */
  readonly a: number;
  readonly k: number;
}

const SETS = {
  '128s': { n: 16, d: 7, height: 9, a: 12, k: 14 },
  '128f': { n: 16, d: 22, height: 3, a: 6, k: 33 },
  '192s': { n: 24, d: 7, height: 9, a: 14, k: 17 },
  '192f': { n: 24, d: 22, height: 3, a: 8, k: 33 },
  '256s': { n: 32, d: 8, height: 8, a: 14, k: 22 },
  '256f': { n: 32, d: 17, height: 4, a: 9, k: 35 },
} as const satisfies Record<string, TreeNumbers>;

/** A chain of WOTS+ has 16 links, of which a verifier walks half. */
const CHAIN = 16;

/** Hashes that a signature takes to make and, on average, to verify. */
export interface HashCalls {
  readonly sign: number;
  readonly verify: number;
}

/**
 * The hashes of one signature. Their number says how the sets of one hash family compare on any machine: a signer
 * computes a whole tree on each layer, and the trees of FORS; a verifier walks one path through each.
 */
export function hashCallsOf(name: SchemeName): HashCalls {
  const { n, d, height, a, k } = numbersOf(name);
  const chains = 2 * n + 3;
  return {
    sign: d * 2 ** height * chains * CHAIN + 3 * k * 2 ** a,
    verify: d * ((chains * CHAIN) / 2 + height) + k * (a + 1),
  };
}

function numbersOf(name: SchemeName): TreeNumbers {
  const found = Object.entries(SETS).find(([size]) => name.endsWith(size));
  if (found === undefined) throw new Error(`${name} has no numbers`);
  return found[1];
}
