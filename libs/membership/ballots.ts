import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import {
  digestBytes,
  type Height,
  type MemberIndex,
  toDigest,
  toHeight,
  toMemberIndex,
} from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import { BALLOTS_SECTION, type StateSection, sectionRoot } from '#libs/chain/state-sections.ts';
import { changeDigest, decodeChange, encodeChange } from './change.ts';
import type { Ballot } from './counted-votes.ts';
import { CHANGE_BYTES_MAX, MEMBERS_MAX, VOTES_PER_MEMBER_MAX } from './limits.ts';
import type { AdoptedChange, Membership } from './membership.ts';
import { putNewTerms, takeNewTerms } from './new-terms.ts';
import { putRoster, takeRoster } from './roster.ts';

/** The votes in an epoch so far: with the roster, the membership of the next block follows from them alone. */
export type Ballots = Pick<Membership, 'ballots' | 'adopted'>;

const TAG = 'btcfed/ballots/v1';
/** Votes after which terms are adopted. */
const TERMS_TAG = 'btcfed/ballots/v2';
const DIGEST_BYTES = 32;
const BALLOTS_MAX = MEMBERS_MAX * VOTES_PER_MEMBER_MAX;

/** The section of the state after a block; none when nobody voted for anything that counts. */
export function ballotsSection(after: Ballots): readonly StateSection[] {
  if (after.ballots.length === 0 && after.adopted === undefined) return [];
  return [{ tag: BALLOTS_SECTION, content: encodeBallots(after) }];
}

const knownRoots = new WeakMap<Ballots, readonly SectionRoot[]>();

/** The root of that section. Kept with the value: most blocks change nothing of it, and it may be large. */
export function ballotRoots(after: Ballots): readonly SectionRoot[] {
  const roots = knownRoots.get(after) ?? ballotsSection(after).map(sectionRoot);
  knownRoots.set(after, roots);
  return roots;
}

/**
 * The content of the section, in this order; integers are big-endian, `text` and `bytes` a length (u32) and that many bytes:
 *
 *     text "btcfed/ballots/v1"
 *     u32 changes, and for each of them: bytes change | u32 votes, and for each: u32 member | u64 good until
 *     u32 adopted (0 or 1), and when it is 1: 32 bytes digest | u64 last height | roster
 *
 * Where the adopted change names terms, the tag ends in v2, and they stand at the end, as in a handover. Changes stand in the order of their newest votes, votes in that of the members; a roster as in a handover.
 */
export function encodeBallots({ ballots, adopted }: Ballots): Uint8Array {
  const terms = adopted?.terms;
  const encoder = new Encoder().text(terms === undefined ? TAG : TERMS_TAG).u32(ballots.length);
  for (const { change, voters } of ballots) {
    encoder.prefixed(encodeChange(change)).u32(voters.size);
    for (const [member, goodUntil] of sorted(voters)) encoder.u32(member).u64(goodUntil);
  }
  encoder.u32(adopted === undefined ? 0 : 1);
  if (adopted === undefined) return encoder.finish();
  encoder.fixed(digestBytes(adopted.digest), DIGEST_BYTES).u64(adopted.lastHeight);
  putRoster(encoder, adopted.roster);
  return (terms === undefined ? encoder : putNewTerms(encoder, terms)).finish();
}

/** Reads the content; never throws. Undefined unless `encodeBallots` gives the same bytes for the result. */
export function decodeBallots(bytes: Uint8Array): Ballots | undefined {
  const decoder = new Decoder(bytes);
  const tag = decoder.text(TAG.length);
  const ballots: Ballot[] = [];
  const count = Math.min(decoder.u32(), BALLOTS_MAX + 1);
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    const ballot = takeBallot(decoder);
    if (ballot === undefined) return undefined;
    ballots.push(ballot);
  }
  const adopted = decoder.u32() === 0 ? undefined : takeAdopted(decoder, tag === TERMS_TAG);
  if (!decoder.isWhole) return undefined;
  const read = { ballots, adopted };
  return equalBytes(encodeBallots(read), bytes) ? read : undefined;
}

function takeBallot(decoder: Decoder): Ballot | undefined {
  const change = decodeChange(decoder.prefixed(CHANGE_BYTES_MAX));
  const voters = new Map<MemberIndex, Height>();
  const count = Math.min(decoder.u32(), MEMBERS_MAX + 1);
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    voters.set(toMemberIndex(decoder.u32()), toHeight(decoder.u64()));
  }
  return change && { change, digest: changeDigest(change), voters };
}

function takeAdopted(decoder: Decoder, hasTerms: boolean): AdoptedChange | undefined {
  const digest = toHex(decoder.fixed(DIGEST_BYTES));
  const lastHeight = toHeight(decoder.u64());
  const roster = takeRoster(decoder);
  const terms = hasTerms ? takeNewTerms(decoder) : undefined;
  if (decoder.isSpoilt) return undefined;
  return { digest: toDigest(digest), lastHeight, roster, ...(terms && { terms }) };
}

function sorted(voters: Ballot['voters']): readonly (readonly [MemberIndex, Height])[] {
  return [...voters].sort(([one], [other]) => one - other);
}
