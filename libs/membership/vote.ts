import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { LARGEST_SIZES } from '#libs/chain/federation-sizes.ts';
import { type Digest, digestBytes, type Height, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { Signed } from '#libs/protocol/signed.ts';
import { changeDigest, decodeChange, encodeChange, type MembershipChange } from './change.ts';
import { CHANGE_BYTES_MAX } from './limits.ts';

/** A member, by its index in the set of the epoch that the change ends, wants a change (FED-08). Believed once its signature is verified. */
export interface MembershipVote extends Signed {
  readonly change: MembershipChange;
  readonly digest: Digest;
  /** Height of the last block that counts it: so nobody can collect votes over months. */
  readonly goodUntil: Height;
}

const VOTE_TAG: Uint8Array = new Uint8Array(Buffer.from('btcfed/membership/v2', 'ascii'));
const SIGNED_TAG = 'btcfed/membership-vote/v2';
const DIGEST_BYTES = 32;

/**
 * The bytes that a member signs to vote for a change, with its consensus key. Integers are big-endian, a text is its length
 * (u32) and its UTF-8 bytes:
 *
 *     text "btcfed/membership-vote/v2" | 32 bytes chain | text protocol | u64 epoch | 32 bytes digest | u64 good until
 *
 * Chain and epoch are those of the change, the digest is its SHA-256 (change.ts). The tag is that of no statement, so no vote
 * of the protocol can be taken for it. Vectors: test/vectors/membership.json.
 */
export function membershipSigningBytes(
  protocol: string,
  { change: { chain, epoch }, digest, goodUntil }: Pick<MembershipVote, 'change' | 'digest' | 'goodUntil'>,
): Uint8Array {
  return new Encoder()
    .text(SIGNED_TAG)
    .fixed(digestBytes(chain), DIGEST_BYTES)
    .text(protocol)
    .u64(epoch)
    .fixed(digestBytes(digest), DIGEST_BYTES)
    .u64(goodUntil)
    .finish();
}

/**
 * The transaction that holds a vote, and nothing else. The tag stands without a length; `bytes` is a length (u32) and that
 * many bytes:
 *
 *     "btcfed/membership/v2" (20 bytes, ASCII) | bytes change | u64 good until | u32 member | bytes signature
 *
 * The change is what `encodeChange` makes of it, to the byte, and the signature is not empty.
 */
export function encodeMembershipVote({
  change,
  goodUntil,
  member,
  signature,
  key,
}: Omit<MembershipVote, 'digest'>): Uint8Array {
  assert(key === undefined, "a vote for a change is signed by the member's own key");
  const encoder = new Encoder().fixed(VOTE_TAG, VOTE_TAG.length).prefixed(encodeChange(change));
  return encoder.u64(goodUntil).u32(member).prefixed(signature).finish();
}

/** Reads a vote; never throws. Neither its signature nor the validity of its change is judged. */
export function decodeMembershipVote(bytes: Uint8Array): MembershipVote | undefined {
  const decoder = new Decoder(bytes);
  const tag = decoder.fixed(VOTE_TAG.length);
  const change = decodeChange(decoder.prefixed(CHANGE_BYTES_MAX));
  const goodUntil = toHeight(decoder.u64());
  const member = toMemberIndex(decoder.u32());
  const signature = decoder.prefixed(LARGEST_SIZES.signatureBytesMax);
  const isWhole = decoder.isWhole && equalBytes(tag, VOTE_TAG);
  if (change === undefined || !isWhole || signature.length === 0) return undefined;
  return { change, digest: changeDigest(change), goodUntil, member, signature };
}
