import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { keysFault, possessionFault, sharedKeyFault } from '#libs/membership/key-rules.ts';
import { MEMBERS_MIN } from '#libs/membership/limits.ts';
import { sizeFault } from '#libs/membership/policy.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';
import { encodeBase64 } from './base64.ts';
import type { Genesis, GenesisMember } from './genesis.ts';
import { invalidGenesis } from './invalid-genesis.ts';
import type { PublicKeySizes } from './schemes.ts';

/** Checks of several fields together: key lengths of the scheme, uniqueness, and weights against the total. */
export function checkMembers(
  { scheme, members, membership, allowDominantMember }: Genesis,
  publicKeySizes: PublicKeySizes,
): void {
  const keyBytes = publicKeySizes.get(scheme);
  if (keyBytes === undefined) {
    throw invalidGenesis(
      `scheme: unknown scheme ${quote(scheme)}; use one of ${[...publicKeySizes.keys()].join(', ')}`,
    );
  }
  const size = sizeFault(members.length, membership);
  if (size !== undefined) throw invalidGenesis(`members: ${size}; see the section membership`);
  for (const [index, { consensusPublicKey }] of members.entries()) {
    if (consensusPublicKey.length === keyBytes) continue;
    throw invalidGenesis(
      `members[${index}].consensus_public_key: ${scheme} keys have ${keyBytes} bytes, got ${consensusPublicKey.length}`,
    );
  }
  checkUnique(members, 'name', ({ name }) => name);
  checkUnique(members, 'consensus_public_key', (member) => encodeBase64(member.consensusPublicKey));
  checkUnique(members, 'gateway_public_key', (member) => encodeBase64(member.gatewayPublicKey));
  const keys = keysFault(members) ?? sharedKeyFault(members) ?? possessionFault(members, ed25519Verify);
  if (keys !== undefined) throw invalidGenesis(`members: ${keys}`);
  // Of fewer than four members each can stall the others, whatever it weighs.
  if (!allowDominantMember && members.length >= MEMBERS_MIN) checkWeights(members);
}

function checkUnique(
  members: readonly GenesisMember[],
  field: string,
  keyOf: (member: GenesisMember) => string,
): void {
  const seen = new Map<string, number>();
  for (const [index, member] of members.entries()) {
    const first = seen.get(keyOf(member));
    if (first !== undefined) {
      throw invalidGenesis(
        `members[${index}].${field}: same as members[${first}]; every member needs its own`,
      );
    }
    seen.set(keyOf(member), index);
  }
}

function checkWeights(members: readonly GenesisMember[]): void {
  const { faultyWeightMax } = quorumOf(members.reduce((sum, { weight }) => sum + weight, 0n));
  for (const [index, { name, weight }] of members.entries()) {
    if (weight <= faultyWeightMax) continue;
    throw invalidGenesis(
      `members[${index}].weight: ${name} weighs ${weight}, more than the ${faultyWeightMax} that may be faulty, ` +
        'so it alone can stall the federation; lower it, or set allow_dominant_member to true',
    );
  }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
