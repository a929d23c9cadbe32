import { type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import { type Digest, ZERO_DIGEST } from '#libs/chain/ids.ts';
import {
  certificateFault,
  claimsOf,
  genesisRoot,
  type QuorumCertificate,
} from '#libs/protocol/certificate.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { type SignatureTrust, standingOf } from './verify-claim.ts';

/**
 * The facts that a client trusts before it asks anyone: from the genesis file of its federation, never from a
 * member.
 */
export interface Trust extends SignatureTrust {
  /** The statements of any protocol that a handover may lead to, by its id; undefined for one that the client does not know. */
  votesOf(protocol: string): VoteTable | undefined;
  /** Digest of the genesis block; without it the genesis block alone cannot be verified. */
  readonly genesisBlock?: Digest;
}

/** The claim of a member about a final block. */
export interface BlockProof {
  readonly header: BlockHeader;
  /** Commit certificate of the block, or of the last of `descendants`. */
  readonly certificate: QuorumCertificate;
  readonly descendants: readonly BlockHeader[];
}

/** A verdict; `fault` is a reason for people. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly fault: string };

/** Headers between a block and its certificate: more is not a proof but a way to keep a client busy. */
const DESCENDANTS_MAX = 1_024;

/**
 * Whether a block is final: a quorum of this federation signed, in the commit phase, the block itself or a
 * block that it is an ancestor of. Believes nothing that it was told: every digest is computed here. All
 * signatures must hold, and they are verified last.
 */
export async function verifyBlock(proof: BlockProof, trust: Trust): Promise<Verdict> {
  const fault = chainFault(proof, trust) ?? shapeFault(proof.certificate, trust);
  if (fault !== undefined) return { ok: false, fault };
  const standings = await Promise.all(claimsOf(proof.certificate).map((claim) => standingOf(claim, trust)));
  if (standings.includes('false')) return { ok: false, fault: 'a signature does not hold' };
  if (standings.includes('unresolved'))
    return { ok: false, fault: 'a signature by a key that no member is known to have certified' };
  return { ok: true };
}

/** The fault in the way from the block to the block that the certificate names, or undefined. */
function chainFault({ header, certificate, descendants }: BlockProof, trust: Trust): string | undefined {
  if (descendants.length > DESCENDANTS_MAX) return 'too many descendants';
  let last = header;
  let digest = headerDigest(header);
  for (const next of descendants) {
    if (next.parent !== digest || next.height !== last.height + 1n) return 'descendants are not a chain';
    last = next;
    digest = headerDigest(next);
  }
  if (certificate.digest !== digest || certificate.height !== last.height)
    return 'certificate of another block';
  const foreign = [header, ...descendants].some(({ epoch }) => epoch !== trust.validators.epoch);
  return foreign ? 'block of another epoch' : undefined;
}

function shapeFault(
  certificate: QuorumCertificate,
  { validators, votes, genesisBlock }: Trust,
): string | undefined {
  if (certificate.kind !== votes.decides) return `certificate of the ${certificate.kind} phase`;
  // No header has the zero digest: without a known genesis block no certificate of view 0 passes.
  return certificateFault(certificate, validators, genesisRoot(genesisBlock ?? ZERO_DIGEST), votes);
}
