import { equalBytes } from '#libs/bytes/bytes.ts';
import type { Decoder } from '#libs/bytes/decoder.ts';
import type { Encoder } from '#libs/bytes/encoder.ts';
import type { Epoch } from '#libs/chain/ids.ts';
import { isVersion } from '#libs/chain/software-version.ts';
import { type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import { isRuled, keysNeed } from './key-rules.ts';
import { MEMBERS_MAX, NAME_BYTES_MAX, NEEDS_BYTES_MAX, PUBLIC_KEY_BYTES_MAX } from './limits.ts';
import { ED25519, KEY_PURPOSES, type MemberKey, putKey, takeKeys } from './member-keys.ts';

/** The facts about a member that all must know. */
export interface MemberFacts {
  readonly name: string;
  /** Consensus key in the encoding of the scheme. */
  readonly publicKey: Uint8Array;
  /** Raw Ed25519, 32 bytes: the libp2p identity. */
  readonly gatewayPublicKey: Uint8Array;
  readonly weight: bigint;
  /** Its further keys, purposes ascending, each once; left out where it has none. */
  readonly keys?: readonly MemberKey[];
}

/** The members of an epoch; the position is the member index. */
export type Roster = readonly MemberFacts[];

export const MEMBER_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;
export const GATEWAY_KEY_BYTES = 32;
const NO_PROOF = new Uint8Array(0);

/** The set that decides in an epoch. */
export function setOfRoster(epoch: Epoch, roster: Roster): ValidatorSet {
  return validatorSet(
    epoch,
    roster.map(({ name, publicKey, weight }) => ({ name, publicKey, weight })),
  );
}

/** Whether a roster says more than version 1 of its bytes can. */
export function hasFurtherKeys(roster: Roster): boolean {
  return roster.some(({ keys = [] }) => keys.length > 0);
}

/** Version 1, which has one consensus key, one gateway key and nothing else of a member. */
export function putRoster(encoder: Encoder, roster: Roster): Encoder {
  encoder.u32(roster.length);
  for (const { name, publicKey, gatewayPublicKey, weight } of roster) {
    encoder.text(name).prefixed(publicKey).fixed(gatewayPublicKey, GATEWAY_KEY_BYTES).u64(weight);
  }
  return encoder;
}

/** Reads the output of `putRoster`; the decoder says whether it was whole. */
export function takeRoster(decoder: Decoder): Roster {
  const roster: MemberFacts[] = [];
  const count = Math.min(decoder.u32(), MEMBERS_MAX + 1);
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    roster.push({
      name: decoder.text(NAME_BYTES_MAX),
      publicKey: decoder.prefixed(PUBLIC_KEY_BYTES_MAX),
      gatewayPublicKey: decoder.fixed(GATEWAY_KEY_BYTES),
      weight: decoder.u64(),
    });
  }
  return roster;
}

/**
 * Version 2, for a roster with further keys:
 *
 *     text needs | u32 members, and for each: text name | u64 weight | u32 keys, and for each:
 *         u16 purpose, ascending | text scheme | bytes key | bytes proof of possession
 *
 * The consensus key has no scheme, for it is that of the chain, and neither it nor the gateway key has a proof: each message proves the
 * one, and each connection the other.
 */
export function putKeyedRoster(encoder: Encoder, roster: Roster): Encoder {
  encoder.text(keysNeed(roster)).u32(roster.length);
  for (const { name, weight, publicKey, gatewayPublicKey, keys = [] } of roster) {
    encoder
      .text(name)
      .u64(weight)
      .u32(2 + keys.length);
    putKey(encoder, { purpose: KEY_PURPOSES.consensus, scheme: '', publicKey, proof: NO_PROOF });
    const gateway = { purpose: KEY_PURPOSES.gateway, scheme: ED25519, proof: NO_PROOF };
    putKey(encoder, { ...gateway, publicKey: gatewayPublicKey });
    for (const key of keys) putKey(encoder, key);
  }
  return encoder;
}

/**
 * Reads the output of `putKeyedRoster`; never throws. Undefined for bytes that it does not write. Every version reads the same bytes: `needs` is
 * taken as it stands, and is judged with the keys (`keysFault`).
 */
export function takeKeyedRoster(decoder: Decoder): Roster | undefined {
  const needs = decoder.text(NEEDS_BYTES_MAX);
  const roster: MemberFacts[] = [];
  const count = decoder.u32();
  if (!isVersion(needs) || count > MEMBERS_MAX) return undefined;
  for (let at = 0; at < count; at++) {
    const member = takeKeyedMember(decoder);
    if (member === undefined) return undefined;
    roster.push(member);
  }
  // Without a further key they need no version.
  if (!hasFurtherKeys(roster)) return undefined;
  const usual = withNeeds(roster, ({ purpose }) => (isRuled(purpose) ? {} : { needs }));
  return keysNeed(usual) === needs ? usual : withNeeds(roster, () => ({ needs }));
}

function withNeeds(roster: Roster, needsOf: (key: MemberKey) => Pick<MemberKey, 'needs'>): Roster {
  return roster.map(({ keys, ...facts }) => {
    return keys === undefined ? facts : { ...facts, keys: keys.map((key) => ({ ...key, ...needsOf(key) })) };
  });
}

function takeKeyedMember(decoder: Decoder): MemberFacts | undefined {
  const name = decoder.text(NAME_BYTES_MAX);
  const weight = decoder.u64();
  const count = decoder.u32();
  if (count < 2) return undefined;
  const [consensus] = takeKeys(decoder, { count: 1, after: 0 }) ?? [];
  const [gateway] = takeKeys(decoder, { count: 1, after: KEY_PURPOSES.consensus }) ?? [];
  const further = takeKeys(decoder, { count: count - 2, after: KEY_PURPOSES.gateway });
  const isRead =
    isPlain(consensus, KEY_PURPOSES.consensus, '') && isPlain(gateway, KEY_PURPOSES.gateway, ED25519);
  if (!isRead || further === undefined) return undefined;
  const facts = { name, publicKey: consensus.publicKey, gatewayPublicKey: gateway.publicKey, weight };
  return further.length === 0 ? facts : { ...facts, keys: further };
}

/** Whether a key that each member has is in its one form. */
function isPlain(key: MemberKey | undefined, purpose: number, scheme: string): key is MemberKey {
  if (key?.purpose !== purpose || key.scheme !== scheme || !equalBytes(key.proof, NO_PROOF)) return false;
  const { length } = key.publicKey;
  return purpose === KEY_PURPOSES.gateway ? length === GATEWAY_KEY_BYTES : length <= PUBLIC_KEY_BYTES_MAX;
}
