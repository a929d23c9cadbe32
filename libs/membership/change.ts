import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { type Digest, digestBytes, type Epoch, toDigest, toEpoch } from '#libs/chain/ids.ts';
import { MEMBERS_MAX, NAME_BYTES_MAX } from './limits.ts';
import { type NewTerms, putNewTerms, takeNewTerms } from './new-terms.ts';
import { putRoster, type Roster, takeRoster } from './roster.ts';

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

const CHANGE_TAG = 'btcfed/membership-change/v1';
/** A change that names terms. */
const TERMS_CHANGE_TAG = 'btcfed/membership-change/v2';
const DIGEST_BYTES = 32;
const TAG_BYTES_MAX = 64;

/** The canonical encoding of a change, which members vote for: of version 1 unless it names terms. */
export function encodeChange({ chain, epoch, leave, join, terms }: MembershipChange): Uint8Array {
  const tag = terms === undefined ? CHANGE_TAG : TERMS_CHANGE_TAG;
  const encoder = new Encoder().text(tag).fixed(digestBytes(chain), DIGEST_BYTES).u64(epoch);
  encoder.u32(leave.length);
  for (const name of leave) encoder.text(name);
  putRoster(encoder, join);
  return (terms === undefined ? encoder : putNewTerms(encoder, terms)).finish();
}

/** Reads a change; never throws. Undefined unless `encodeChange` gives the same bytes for the result. */
export function decodeChange(bytes: Uint8Array): MembershipChange | undefined {
  const decoder = new Decoder(bytes);
  const tag = decoder.text(TAG_BYTES_MAX);
  const chain = toHex(decoder.fixed(DIGEST_BYTES));
  const epoch = decoder.u64();
  const leave: string[] = [];
  const leaving = Math.min(decoder.u32(), MEMBERS_MAX + 1);
  for (let at = 0; at < leaving && !decoder.isSpoilt; at++) leave.push(decoder.text(NAME_BYTES_MAX));
  const join = takeRoster(decoder);
  const terms = tag === TERMS_CHANGE_TAG ? takeNewTerms(decoder) : undefined;
  const isRead = tag === CHANGE_TAG || terms !== undefined;
  if (!decoder.isWhole || !isRead) return undefined;
  const change = { chain: toDigest(chain), epoch: toEpoch(epoch), leave, join, ...(terms && { terms }) };
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
