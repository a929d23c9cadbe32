import type { Digest } from '#libs/chain/ids.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { rememberingVerify } from '#libs/crypto/remembering-verify.ts';
import { PROOFS_REMEMBERED_MAX } from '#libs/membership/limits.ts';
import { foundingMembership, type Membership } from '#libs/membership/membership.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
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
  const { members, membership: policy, allowDominantMember, protocol, protocolParameters } = genesis;
  const publicKeyBytes = members[0]?.consensusPublicKey.length ?? 0;
  // The same proofs come with a vote, with each block that holds it, and with other changes of the same members.
  const verifyEd25519 = rememberingVerify(ed25519Verify, PROOFS_REMEMBERED_MAX);
  return foundingMembership({
    chain: genesisDigest(genesis),
    rules: { ...policy, allowDominantMember, publicKeyBytes, protocols, verifyEd25519 },
    roster: members.map(({ consensusPublicKey: publicKey, ...facts }) => ({ ...facts, publicKey })),
    terms: { protocol, parameters: protocolParameters },
    root: genesisRoot(genesisBlock),
  });
}
