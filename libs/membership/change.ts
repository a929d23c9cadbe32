import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { type Digest, digestBytes, type Epoch, toDigest, toEpoch } from '#libs/chain/ids.ts';
import { MEMBERS_MAX, NAME_BYTES_MAX } from './limits.ts';
import type { NewTerms } from './new-terms.ts';
import { formatOf, type NextEpochFormat, putNextEpoch, takeNextEpoch } from './next-epoch.ts';
import type { Roster } from './roster.ts';

/** The members that leave, the members that join, and the terms that are new, at the end of an epoch. */
export interface MembershipChange {
  /** SHA-256 of the genesis. */
  readonly chain: Digest;
  /** The epoch that the change ends. */
  readonly epoch: Epoch;
  /** Names, each once. */
  readonly leave: readonly string[];
  /** A name may leave and join at once: with another key, or another weight. */
  readonly join: Roster;
  /** Absent: the terms of the epoch go on. */
  readonly terms?: NewTerms;
}

/** The tag of each version: of two keys for each member that joins, with terms, and with further keys. */
const TAGS = {
  1: 'btcfed/membership-change/v1',
  2: 'btcfed/membership-change/v2',
  3: 'btcfed/membership-change/v3',
} as const satisfies Record<NextEpochFormat, string>;
const FORMATS = [1, 2, 3] as const;
const DIGEST_BYTES = 32;
const TAG_BYTES_MAX = 64;

/** Kept with the value: a ballot is encoded again whenever any vote enters or expires. */
const encodings = new WeakMap<MembershipChange, Uint8Array>();

/** The canonical encoding of a change, which members vote for: of the least version that can say it. Not to be written to. */
export function encodeChange(change: MembershipChange): Uint8Array {
  const bytes = encodings.get(change) ?? encodedChange(change);
  encodings.set(change, bytes);
  return bytes;
}

function encodedChange({ chain, epoch, leave, join, terms }: MembershipChange): Uint8Array {
  const next = { roster: join, ...(terms && { terms }) };
  const encoder = new Encoder().text(TAGS[formatOf(next)]).fixed(digestBytes(chain), DIGEST_BYTES).u64(epoch);
  encoder.u32(leave.length);
  for (const name of leave) encoder.text(name);
  return putNextEpoch(encoder, next).finish();
}

/** Reads a change; never throws. Undefined unless `encodeChange` gives the same bytes for the result. */
export function decodeChange(bytes: Uint8Array): MembershipChange | undefined {
  const decoder = new Decoder(bytes);
  const tag = decoder.text(TAG_BYTES_MAX);
  const format = FORMATS.find((each) => TAGS[each] === tag);
  const chain = toHex(decoder.fixed(DIGEST_BYTES));
  const epoch = decoder.u64();
  const leave: string[] = [];
  const leaving = Math.min(decoder.u32(), MEMBERS_MAX + 1);
  for (let at = 0; at < leaving && !decoder.isSpoilt; at++) leave.push(decoder.text(NAME_BYTES_MAX));
  const next = format && takeNextEpoch(decoder, format);
  if (!decoder.isWhole || next === undefined) return undefined;
  const { roster: join, ...terms } = next;
  const change = { chain: toDigest(chain), epoch: toEpoch(epoch), leave, join, ...terms };
  // A name that is not UTF-8 would decode to another name.
  return equalBytes(encodeChange(change), bytes) ? change : undefined;
}

/** Names a change. */
export function changeDigest(change: MembershipChange): Digest {
  return digestOf(encodeChange(change));
}

/** The members after a change: the remaining ones in their order, then the new ones. */
export function rosterAfter(roster: Roster, { leave, join }: MembershipChange): Roster {
  const leaving = new Set(leave);
  return [...roster.filter(({ name }) => !leaving.has(name)), ...join];
}
