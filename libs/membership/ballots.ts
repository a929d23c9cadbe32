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
import { formatOf, type NextEpochFormat, putNextEpoch, takeNextEpoch } from './next-epoch.ts';

/** The votes in an epoch so far: with the roster, the membership of the next block follows from them alone. */
export type Ballots = Pick<Membership, 'ballots' | 'adopted'>;

/** The tag of each version, by what the adopted change leads to; all of one length. */
const TAGS = {
  1: 'btcfed/ballots/v1',
  2: 'btcfed/ballots/v2',
  3: 'btcfed/ballots/v3',
} as const satisfies Record<NextEpochFormat, string>;
const FORMATS = [1, 2, 3] as const;
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
 * Roster, terms and the version in the tag are as in a handover (next-epoch.ts). Changes stand in the order of their newest votes, votes in that of the members.
 */
export function encodeBallots({ ballots, adopted }: Ballots): Uint8Array {
  const format = adopted === undefined ? 1 : formatOf(adopted);
  const encoder = new Encoder().text(TAGS[format]).u32(ballots.length);
  for (const { change, voters } of ballots) {
    encoder.prefixed(encodeChange(change)).u32(voters.size);
    for (const [member, goodUntil] of sorted(voters)) encoder.u32(member).u64(goodUntil);
  }
  encoder.u32(adopted === undefined ? 0 : 1);
  if (adopted === undefined) return encoder.finish();
  encoder.fixed(digestBytes(adopted.digest), DIGEST_BYTES).u64(adopted.lastHeight);
  return putNextEpoch(encoder, adopted).finish();
}

/** Reads the content; never throws. Undefined unless `encodeBallots` gives the same bytes for the result. */
export function decodeBallots(bytes: Uint8Array): Ballots | undefined {
  const decoder = new Decoder(bytes);
  const tag = decoder.text(TAGS[1].length);
  const format = FORMATS.find((each) => TAGS[each] === tag) ?? 1;
  const ballots: Ballot[] = [];
  const count = Math.min(decoder.u32(), BALLOTS_MAX + 1);
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    const ballot = takeBallot(decoder);
    if (ballot === undefined) return undefined;
    ballots.push(ballot);
  }
  const adopted = decoder.u32() === 0 ? undefined : takeAdopted(decoder, format);
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

function takeAdopted(decoder: Decoder, format: NextEpochFormat): AdoptedChange | undefined {
  const digest = toHex(decoder.fixed(DIGEST_BYTES));
  const lastHeight = toHeight(decoder.u64());
  const next = takeNextEpoch(decoder, format);
  return next && { digest: toDigest(digest), lastHeight, ...next };
}

function sorted(voters: Ballot['voters']): readonly (readonly [MemberIndex, Height])[] {
  return [...voters].sort(([one], [other]) => one - other);
}
