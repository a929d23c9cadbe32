import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, type Epoch, toDigest, toEpoch } from '#libs/chain/ids.ts';
import { SYSTEM_TRANSACTIONS } from '#libs/chain/system-transactions.ts';
import type { NewTerms } from './new-terms.ts';
import { formatOf, type NextEpochFormat, putNextEpoch, takeNextEpoch } from './next-epoch.ts';
import type { Roster } from './roster.ts';

/** The members and the new terms of the epoch to come: first transaction of the last block of an epoch, which the old members certify. */
export interface Handover {
  /** SHA-256 of the genesis. */
  readonly chain: Digest;
  /** The epoch to come. */
  readonly epoch: Epoch;
  readonly roster: Roster;
  /** The new terms of the epoch to come, as the change named them. Absent: those of the epoch before go on. */
  readonly terms?: NewTerms;
}

const [TWO_KEYS_TAG, TERMS_TAG, KEYS_TAG] = SYSTEM_TRANSACTIONS.handover.prefixes;
/** The tag of each version, all of one length. */
const TAGS = { 1: TWO_KEYS_TAG, 2: TERMS_TAG, 3: KEYS_TAG } as const satisfies Record<
  NextEpochFormat,
  Uint8Array
>;
const FORMATS = [1, 2, 3] as const;
const DIGEST_BYTES = 32;

/** The bytes of a handover: of the least version that can say it. */
export function encodeHandover({ chain, epoch, roster, terms }: Handover): Uint8Array {
  const next = { roster, ...(terms && { terms }) };
  const tag = TAGS[formatOf(next)];
  const encoder = new Encoder().fixed(tag, tag.length).fixed(digestBytes(chain), DIGEST_BYTES).u64(epoch);
  return putNextEpoch(encoder, next).finish();
}

/** Reads a handover; never throws. Undefined unless `encodeHandover` gives the same bytes for the result. */
export function decodeHandover(bytes: Uint8Array): Handover | undefined {
  const tag = bytes.subarray(0, TWO_KEYS_TAG.length);
  const format = FORMATS.find((each) => equalBytes(TAGS[each], tag));
  const decoder = new Decoder(bytes.subarray(tag.length));
  const chain = toHex(decoder.fixed(DIGEST_BYTES));
  const epoch = decoder.u64();
  const next = format && takeNextEpoch(decoder, format);
  if (!decoder.isWhole || next === undefined) return undefined;
  const handover = { chain: toDigest(chain), epoch: toEpoch(epoch), ...next };
  return equalBytes(encodeHandover(handover), bytes) ? handover : undefined;
}
