import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, type Epoch, toDigest, toEpoch } from '#libs/chain/ids.ts';
import { hasPrefixOf, SYSTEM_TRANSACTIONS } from '#libs/chain/system-transactions.ts';
import { putRoster, type Roster, takeRoster } from './roster.ts';

/** The members of the epoch to come: first transaction of the last block of an epoch, which the old members certify. */
export interface Handover {
  /** SHA-256 of the genesis. */
  readonly chain: Digest;
  /** The epoch to come. */
  readonly epoch: Epoch;
  readonly roster: Roster;
}

const [HANDOVER_TAG] = SYSTEM_TRANSACTIONS.handover.prefixes;
const DIGEST_BYTES = 32;

export function encodeHandover({ chain, epoch, roster }: Handover): Uint8Array {
  const encoder = new Encoder().fixed(HANDOVER_TAG, HANDOVER_TAG.length);
  return putRoster(encoder.fixed(digestBytes(chain), DIGEST_BYTES).u64(epoch), roster).finish();
}

/** Reads a handover; never throws. */
export function decodeHandover(bytes: Uint8Array): Handover | undefined {
  if (!hasPrefixOf('handover', bytes)) return undefined;
  const decoder = new Decoder(bytes.subarray(HANDOVER_TAG.length));
  const chain = toHex(decoder.fixed(DIGEST_BYTES));
  const epoch = decoder.u64();
  const roster = takeRoster(decoder);
  return decoder.isWhole ? { chain: toDigest(chain), epoch: toEpoch(epoch), roster } : undefined;
}
