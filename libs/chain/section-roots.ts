import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { type Digest, toDigest } from './ids.ts';

/** Tag and root of one section of the state (state-sections.ts), as the state root covers them. */
export interface SectionRoot {
  /** u16. */
  readonly tag: number;
  readonly root: Uint8Array;
}

/** The hashes of all transactions, in order; its root is that of the state tree (state-leaf.ts). Every state has it. */
export const TRANSACTIONS_SECTION = 1;

export const TAG_BYTES = 2;
const ROOT_BYTES = 32;

/** A byte that no leaf (0) and no inner node (1) of RFC 6962 begins with. */
const SECTIONS_PREFIX = 2;

/**
 * The state root of a block: the root of the transactions as long as there is no other section, and else SHA-256 over the byte
 * 2 and then, for each section in the order of tags, the tag (u16, big-endian) and its root (32 bytes).
 */
export function stateRootOf(transactions: Uint8Array, others: readonly SectionRoot[] = []): Digest {
  if (others.length === 0) return toDigest(toHex(transactions));
  const encoder = new Encoder().fixed(Uint8Array.of(SECTIONS_PREFIX), 1);
  return toDigest(toHex(sha256(putRoots(encoder, sectionRoots(transactions, others)).finish())));
}

/** All sections of a state with others, that of the transactions first. */
export function sectionRoots(
  transactions: Uint8Array,
  others: readonly SectionRoot[],
): readonly SectionRoot[] {
  return [{ tag: TRANSACTIONS_SECTION, root: transactions }, ...others];
}

export function putRoots(encoder: Encoder, roots: readonly SectionRoot[]): Encoder {
  for (const { tag, root } of roots) encoder.fixed(tagBytes(tag), TAG_BYTES).fixed(root, ROOT_BYTES);
  return encoder;
}

/** Reads the output of `putRoots`; undefined for other bytes. */
export function takeRoots(bytes: Uint8Array): readonly SectionRoot[] | undefined {
  const size = TAG_BYTES + ROOT_BYTES;
  if (bytes.length % size !== 0) return undefined;
  return Array.from({ length: bytes.length / size }, (_, at) => ({
    tag: tagOf(bytes.subarray(at * size)),
    root: bytes.slice(at * size + TAG_BYTES, (at + 1) * size),
  }));
}

export function tagBytes(tag: number): Uint8Array {
  return Uint8Array.of(tag >> 8, tag & 0xff);
}

export function tagOf([high = 0, low = 0]: Uint8Array): number {
  return high * 0x100 + low;
}
