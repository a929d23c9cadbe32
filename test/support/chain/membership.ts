import { type Digest, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { ed25519FromSeed, ed25519Sign, ed25519Verify } from '#libs/crypto/ed25519.ts';
import type { MembershipBook, SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import { readBook } from '#libs/engine/node.ts';
import type { ChainPort } from '#libs/engine/ports/engine-ports.ts';
import { possessionBytes } from '#libs/membership/key-rules.ts';
import { ED25519, KEY_PURPOSES, type MemberKey } from '#libs/membership/member-keys.ts';
import { foundingMembership, type Membership } from '#libs/membership/membership.ts';
import { type MemberRules, OPEN_POLICY } from '#libs/membership/policy.ts';
import type { MemberFacts, Roster } from '#libs/membership/roster.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { accusedIn } from '#libs/protocols/evidence-codec.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';

/** Keys of two bytes, and nothing else in the way. */
export const TEST_RULES: MemberRules = {
  ...OPEN_POLICY,
  publicKeyBytes: 2,
  allowDominantMember: false,
  protocols: FOUNDING_PROTOCOLS,
  verifyEd25519: ed25519Verify,
  accusedIn,
};

/** The default protocol, with timeouts that no test waits for long. */
export const TEST_TERMS: ProtocolTerms = {
  protocol: DEFAULT_PROTOCOL,
  parameters: { view_timeout_ms: 100, view_timeout_ms_max: 1_000 },
};

/** A member with keys of its number. */
export function memberOf(number: number, change: Partial<MemberFacts> = {}): MemberFacts {
  const publicKey = Uint8Array.of(number >> 8, number & 255);
  const gatewayPublicKey = new Uint8Array(32);
  gatewayPublicKey.set(publicKey);
  return { name: `m${number}`, publicKey, gatewayPublicKey, weight: 1n, ...change };
}

/** A member with an audit key of its number, which it proves that it has. */
export function auditedMemberOf(number: number, change: Partial<MemberFacts> = {}): MemberFacts {
  const member = memberOf(number, change);
  return { ...member, keys: [auditKeyOf(member.name, number)] };
}

/** The audit key of a number, proven by a member of this name. */
export function auditKeyOf(name: string, number: number): MemberKey {
  const { publicKey, secretKey } = ed25519FromSeed(new Uint8Array(32).fill(number));
  const key = { purpose: KEY_PURPOSES.audit, scheme: ED25519, publicKey };
  return { ...key, proof: ed25519Sign(secretKey, possessionBytes(name, key)) };
}

export function rosterOf(members: number, first = 0): Roster {
  return Array.from({ length: members }, (_, at) => memberOf(first + at));
}

/** A chain whose members never change, unless a test votes for it. */
export function foundingOf(genesis: Digest, roster: Roster, chain: Digest = ZERO_DIGEST): Membership {
  return foundingMembership({
    chain,
    rules: TEST_RULES,
    roster,
    terms: TEST_TERMS,
    root: genesisRoot(genesis),
  });
}

export function bookOf(
  chain: Pick<ChainPort, 'tip' | 'blockOf'>,
  genesis: Digest,
  members: number,
  base?: SnapshotBase,
): MembershipBook {
  return readBook(foundingOf(genesis, rosterOf(members)), chain, [], base);
}
