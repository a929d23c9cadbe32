import type { Digest } from '#libs/chain/ids.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { rememberingVerify } from '#libs/crypto/remembering-verify.ts';
import { PROOFS_REMEMBERED_MAX } from '#libs/membership/limits.ts';
import { foundingMembership, type Membership } from '#libs/membership/membership.ts';
import type { MemberRules } from '#libs/membership/policy.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import { accusedIn } from '#libs/protocols/evidence-codec.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { type Genesis, genesisDigest } from './genesis.ts';

/**
 * The membership that a genesis founds.
 * @param genesisBlock - Digest of the genesis block.
 * @param protocols - Those that a change may name: of this version, when left out.
 */
export function foundingOf(
  genesis: Genesis,
  genesisBlock: Digest,
  protocols: FoundingProtocols = FOUNDING_PROTOCOLS,
): Membership {
  const { members, protocol, protocolParameters } = genesis;
  return foundingMembership({
    chain: genesisDigest(genesis),
    rules: memberRulesOf(genesis, protocols),
    roster: members.map(({ consensusPublicKey: publicKey, ...facts }) => ({ ...facts, publicKey })),
    terms: { protocol, parameters: protocolParameters },
    root: genesisRoot(genesisBlock),
  });
}

/** The rules of a genesis for changes of its members. @param protocols - As above. */
export function memberRulesOf(
  { members, membership: policy, allowDominantMember }: Genesis,
  protocols: FoundingProtocols = FOUNDING_PROTOCOLS,
): MemberRules {
  const publicKeyBytes = members[0]?.consensusPublicKey.length ?? 0;
  // The same proofs come with a vote, with the block that adopts its change, and with other changes of the same members.
  const verifyEd25519 = rememberingVerify(ed25519Verify, PROOFS_REMEMBERED_MAX);
  return { ...policy, allowDominantMember, publicKeyBytes, protocols, verifyEd25519, accusedIn };
}
