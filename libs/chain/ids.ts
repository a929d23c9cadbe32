import { assert } from '#libs/assert/assert.ts';
import type { Brand } from '#libs/bytes/brand.ts';

/** Position of a block in the chain; genesis is 0. */
export type Height = Brand<bigint, 'Height'>;

/** Counts leader terms; 0 is genesis, the first real view is 1. One leader per view; views never repeat. */
export type View = Brand<bigint, 'View'>;

/** Counts validator sets, from 0. */
export type Epoch = Brand<bigint, 'Epoch'>;

/** Position of a member in the validator set of the epoch, from 0. */
export type MemberIndex = Brand<number, 'MemberIndex'>;

/** SHA-256 as 64 lower-case hex digits. */
export type Digest = Brand<string, 'Digest'>;

/** SHA-256, in the same form, of a public key that the own key of a member has certified for a while. */
export type CertifiedKeyDigest = Brand<string, 'CertifiedKeyDigest'>;

const U64_MAX = 2n ** 64n - 1n;
const DIGEST_BYTES = 32;
const DIGEST = /^[0-9a-f]{64}$/;

export const ZERO_DIGEST = '0'.repeat(64) as Digest;

export function toHeight(value: bigint): Height {
  assert(value >= 0n && value <= U64_MAX, `height out of range: ${value}`);
  return value as Height;
}

export function toView(value: bigint): View {
  assert(value >= 0n && value <= U64_MAX, `view out of range: ${value}`);
  return value as View;
}

export function toEpoch(value: bigint): Epoch {
  assert(value >= 0n && value <= U64_MAX, `epoch out of range: ${value}`);
  return value as Epoch;
}

export function toMemberIndex(value: number): MemberIndex {
  assert(Number.isInteger(value) && value >= 0, `member index out of range: ${value}`);
  return value as MemberIndex;
}

/** @throws AssertionError unless `text` is 64 lower-case hex digits. */
export function toDigest(text: string): Digest {
  assert(DIGEST.test(text), 'not a digest');
  return text as Digest;
}

/** @throws AssertionError unless `text` is 64 lower-case hex digits. */
export function toCertifiedKeyDigest(text: string): CertifiedKeyDigest {
  assert(DIGEST.test(text), 'not the digest of a key');
  return text as CertifiedKeyDigest;
}

/** The digest in the 32 bytes from `at` on: written here, so it needs no check of its digits. @throws AssertionError where they are cut. */
export function digestAt(bytes: Buffer, at: number): Digest {
  assert(at >= 0 && at + DIGEST_BYTES <= bytes.length, 'not the bytes of a digest');
  return bytes.toString('hex', at, at + DIGEST_BYTES) as Digest;
}

/** The 32 bytes of a digest. */
export function digestBytes(digest: Digest | CertifiedKeyDigest): Uint8Array {
  return new Uint8Array(Buffer.from(digest, 'hex'));
}
