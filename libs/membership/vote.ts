import { equalBytes } from '../bytes/bytes.ts';
import { Decoder } from '../bytes/decoder.ts';
import { Encoder } from '../bytes/encoder.ts';
import { type Digest, digestBytes, type MemberIndex, toMemberIndex } from '../chain/ids.ts';
import { changeDigest, decodeChange, encodeChange, type MembershipChange } from './change.ts';
import { CHANGE_BYTES_MAX, SIGNATURE_BYTES_MAX } from './limits.ts';

/** A member wants a change (FED-08). Believed once its signature is verified. */
export interface MembershipVote {
  readonly change: MembershipChange;
  readonly digest: Digest;
  /** In the set of the epoch that the change ends. */
  readonly member: MemberIndex;
  readonly signature: Uint8Array;
}

/** The first bytes of a vote, and of no other transaction: the prefix is reserved. */
const VOTE_TAG: Uint8Array = new Uint8Array(Buffer.from('btcfed/membership/v1', 'ascii'));
const SIGNED_TAG = 'btcfed/membership-vote/v1';
const DIGEST_BYTES = 32;

/** Whether bytes claim to be a vote: then they must be, wherever they stand. */
export function isMembershipVote(bytes: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, VOTE_TAG.length), VOTE_TAG);
}

/**
 * The bytes that a member signs to vote for a change, with its consensus key. The tag is that of no statement, so no
 * vote of the protocol can be taken for it. Vectors: test/vectors/membership.json.
 */
export function membershipSigningBytes(
  protocol: string,
  { chain, epoch }: MembershipChange,
  digest: Digest,
): Uint8Array {
  return new Encoder()
    .text(SIGNED_TAG)
    .fixed(digestBytes(chain), DIGEST_BYTES)
    .text(protocol)
    .u64(epoch)
    .fixed(digestBytes(digest), DIGEST_BYTES)
    .finish();
}

/** The transaction that holds a vote. */
export function encodeMembershipVote({
  change,
  member,
  signature,
}: Omit<MembershipVote, 'digest'>): Uint8Array {
  const encoder = new Encoder().fixed(VOTE_TAG, VOTE_TAG.length).prefixed(encodeChange(change));
  return encoder.u32(member).prefixed(signature).finish();
}

/** Reads a vote; never throws. Its signature is not judged, nor whether its change may be. */
export function decodeMembershipVote(bytes: Uint8Array): MembershipVote | undefined {
  if (!isMembershipVote(bytes)) return undefined;
  const decoder = new Decoder(bytes.subarray(VOTE_TAG.length));
  const change = decodeChange(decoder.prefixed(CHANGE_BYTES_MAX));
  const member = toMemberIndex(decoder.u32());
  const signature = decoder.prefixed(SIGNATURE_BYTES_MAX);
  if (change === undefined || !decoder.isWhole || signature.length === 0) return undefined;
  return { change, digest: changeDigest(change), member, signature };
}
