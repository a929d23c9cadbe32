import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, type Epoch, toDigest, toEpoch } from '#libs/chain/ids.ts';
import { hasPrefixOf, SYSTEM_TRANSACTIONS } from '#libs/chain/system-transactions.ts';
import { type NewTerms, putNewTerms, takeNewTerms } from './new-terms.ts';
import { putRoster, type Roster, takeRoster } from './roster.ts';

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

const [HANDOVER_TAG, TERMS_HANDOVER_TAG] = SYSTEM_TRANSACTIONS.handover.prefixes;
const DIGEST_BYTES = 32;

/** The bytes of a handover: of version 1 unless it names terms. */
export function encodeHandover({ chain, epoch, roster, terms }: Handover): Uint8Array {
  const tag = terms === undefined ? HANDOVER_TAG : TERMS_HANDOVER_TAG;
  const encoder = new Encoder().fixed(tag, tag.length);
  putRoster(encoder.fixed(digestBytes(chain), DIGEST_BYTES).u64(epoch), roster);
  return (terms === undefined ? encoder : putNewTerms(encoder, terms)).finish();
}

/** Reads a handover; never throws. */
export function decodeHandover(bytes: Uint8Array): Handover | undefined {
  if (!hasPrefixOf('handover', bytes)) return undefined;
  const tag = bytes.subarray(0, HANDOVER_TAG.length);
  const decoder = new Decoder(bytes.subarray(HANDOVER_TAG.length));
  const chain = toHex(decoder.fixed(DIGEST_BYTES));
  const epoch = decoder.u64();
  const roster = takeRoster(decoder);
  const hasTerms = equalBytes(tag, TERMS_HANDOVER_TAG);
  const terms = hasTerms ? takeNewTerms(decoder) : undefined;
  if (!decoder.isWhole || hasTerms !== (terms !== undefined)) return undefined;
  return { chain: toDigest(chain), epoch: toEpoch(epoch), roster, ...(terms && { terms }) };
}
