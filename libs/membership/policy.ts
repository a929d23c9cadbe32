import { toHex } from '#libs/bytes/hex.ts';
import type { Accused } from '#libs/protocol/evidence.ts';
import type { FoundingProtocols, ProtocolTerms } from '#libs/protocol/parameters.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';
import { type MembershipChange, rosterAfter } from './change.ts';
import { keysFault, sharedKeyFault, type VerifyEd25519 } from './key-rules.ts';
import { MEMBERS_MAX, MEMBERS_MIN } from './limits.ts';
import { GATEWAY_KEY_BYTES, MEMBER_NAME, type MemberFacts, type Roster } from './roster.ts';
import { areSameTerms, membersLeast, termsAfter, termsFault } from './terms-rules.ts';

/** The sizes and steps that a federation allows: from its genesis, the same for every member (FED-02 to FED-07). */
export interface MembershipPolicy {
  readonly membersMin: number;
  readonly membersMax: number;
  /** The number of members is a multiple of it. */
  readonly step: number;
  /** The most members by which one change may make the federation grow. */
  readonly growthMax: number;
  /** Blocks of an epoch before the first vote for its end. */
  readonly epochBlocksMin: number;
}

/** The limits of the genesis that a change must fit beside the policy. */
export interface MemberRules extends MembershipPolicy {
  /** Length of a public key of the scheme. */
  readonly publicKeyBytes: number;
  /** Whether one member may weigh more than may be faulty. */
  readonly allowDominantMember: boolean;
  /** The protocols that a change may name, of this version of the software. */
  readonly protocols: FoundingProtocols;
  /** Judges the proofs of possession of members that join. */
  readonly verifyEd25519: VerifyEd25519;
  /** Reads evidence, whose signatures are not judged; undefined for bytes that are none. */
  readonly accusedIn: (evidence: Uint8Array) => Accused | undefined;
}

/** The part of a membership that a change replaces, and the rules that it keeps. */
export interface ChangeGround {
  readonly roster: Roster;
  readonly terms: ProtocolTerms;
  readonly rules: MemberRules;
}

/** A policy that allows all that the engine can run: for local federations and tests. */
export const OPEN_POLICY: MembershipPolicy = {
  membersMin: MEMBERS_MIN,
  membersMax: MEMBERS_MAX,
  step: 1,
  growthMax: MEMBERS_MAX,
  epochBlocksMin: 1,
};

/** The BTC Federation (FED-02 to FED-06). */
export const FEDERATION_POLICY: MembershipPolicy = {
  membersMin: 64,
  membersMax: 512,
  step: 2,
  growthMax: 2,
  epochBlocksMin: 1,
};

/** The fault of a number of members, or undefined. */
export function sizeFault(
  members: number,
  { membersMin, membersMax, step }: MembershipPolicy,
): string | undefined {
  if (members < membersMin || members > membersMax) {
    return `${members} members, and the policy allows ${membersMin} to ${membersMax}`;
  }
  return members % step === 0 ? undefined : `${members} members, and the policy allows multiples of ${step}`;
}

/** The fault of a change of these members and terms, or undefined. Does not depend on the voters. */
export function changeFault(
  { roster, terms, rules }: ChangeGround,
  change: MembershipChange,
): string | undefined {
  const { leave, join } = change;
  const named = change.terms && termsFault(terms, change.terms, rules.protocols);
  if (named !== undefined) return named;
  const termsThen = termsAfter(terms, change.terms);
  if (leave.length + join.length === 0 && areSameTerms(terms, termsThen)) return 'a change of nothing';
  if (new Set(leave).size < leave.length) return 'a member leaves twice';
  const stranger = leave.find((leaving) => roster.every(({ name }) => name !== leaving));
  if (stranger !== undefined) return 'a member leaves that is none';
  const after = rosterAfter(roster, change);
  const growth = after.length - roster.length;
  if (growth > rules.growthMax)
    return `${growth} members more, and the policy allows ${rules.growthMax} a change`;
  const few = fewFault(after.length, termsThen.protocol, rules);
  return sizeFault(after.length, rules) ?? few ?? rosterFault(after, rules);
}

/** The fault of members that are too few for the protocol, whatever the policy of the genesis allowed the first one. */
function fewFault(members: number, protocol: string, { protocols }: MemberRules): string | undefined {
  const founding = protocols.get(protocol);
  if (founding === undefined || members >= membersLeast(founding)) return undefined;
  return `${members} members, and ${protocol} does not run with fewer than ${membersLeast(founding)}`;
}

/** The fault of members beside their number, or undefined. */
function rosterFault(roster: Roster, rules: MemberRules): string | undefined {
  for (const member of roster) {
    const fault = memberFault(member, rules);
    if (fault !== undefined) return fault;
  }
  if (hasTwice(roster.map(({ name }) => name))) return 'two members of one name';
  if (hasTwice(roster.map(({ publicKey }) => toHex(publicKey)))) return 'two members with one consensus key';
  const gateways = roster.map(({ gatewayPublicKey }) => toHex(gatewayPublicKey));
  if (hasTwice(gateways)) return 'two members with one gateway key';
  const keys = keysFault(roster) ?? sharedKeyFault(roster);
  if (keys !== undefined) return keys;
  // Of fewer than four members each can stall the others, whatever it weighs.
  if (rules.allowDominantMember || roster.length < MEMBERS_MIN) return undefined;
  return dominanceFault(roster);
}

function memberFault(member: MemberFacts, { publicKeyBytes }: MemberRules): string | undefined {
  const { name, publicKey, gatewayPublicKey, weight } = member;
  if (!MEMBER_NAME.test(name)) return 'a name is not 1 to 32 of a-z, 0-9, "-" and "_"';
  if (publicKey.length !== publicKeyBytes) {
    return `the consensus key of ${name} has ${publicKey.length} bytes, and the scheme asks for ${publicKeyBytes}`;
  }
  if (gatewayPublicKey.length !== GATEWAY_KEY_BYTES) return `the gateway key of ${name} is not of 32 bytes`;
  const isSafe = weight >= 1n && weight <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe ? undefined : `the weight of ${name} is out of range`;
}

function dominanceFault(roster: Roster): string | undefined {
  const { faultyWeightMax } = quorumOf(roster.reduce((sum, { weight }) => sum + weight, 0n));
  const dominant = roster.find(({ weight }) => weight > faultyWeightMax);
  return dominant && `${dominant.name} weighs more than may be faulty, and could stall the federation alone`;
}

function hasTwice(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}

/**
 * Number of members, of n, that sign for the custody (FED-09): 75 % and one more, rounded down where four do
 * not divide n.
 */
export function multisigThreshold(members: number): number {
  return Math.floor((3 * members) / 4) + 1;
}
