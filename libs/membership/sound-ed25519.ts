import { toHex } from '#libs/bytes/hex.ts';

/** The prime of the field, and the order of the group (RFC 8032, 5.1). */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The y of a point whose eightfold is the identity; that of order 8 with the other sign is P less it. */
const ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;

/** The y of the points of order 1, 4, 2 and 8. Each has both signs of x, or one that encodings write in two ways. */
const SMALL_ORDER_YS: ReadonlySet<bigint> = new Set([1n, 0n, P - 1n, ORDER_8_Y, P - ORDER_8_Y]);

const POINT_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * Whether all libraries may be asked about a signature by this key: key and R are canonical encodings of points that are not of small
 * order, and S is below the order of the group. RFC 8032 leaves room on these, and builds of OpenSSL differ: blocks are
 * judged alike only where this is judged first (proto/FORMATS.md, section 8).
 */
export function isSoundEd25519(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== POINT_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const [r, s] = [signature.subarray(0, POINT_BYTES), signature.subarray(POINT_BYTES)];
  return isSoundPoint(publicKey) && isSoundPoint(r) && numberOf(s) < L;
}

/** The highest bit is the sign of x. */
function isSoundPoint(encoded: Uint8Array): boolean {
  const y = BigInt.asUintN(255, numberOf(encoded));
  return y < P && !SMALL_ORDER_YS.has(y);
}

/** Little-endian, as all numbers of Ed25519. */
function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.toReversed())}`);
}
