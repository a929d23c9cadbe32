import { type Evidence, evidenceFault } from '#libs/protocol/evidence.ts';
import { decodeEvidence } from '#libs/protocols/evidence-codec.ts';
import type { Trust } from './verify-block.ts';

/** The verified evidence, or a `fault` for people. */
export type EvidenceVerdict =
  | { readonly ok: true; readonly evidence: Evidence }
  | { readonly ok: false; readonly fault: string };

/**
 * Whether a member of this federation contradicted itself: it signed two statements that no honest member ever
 * signs both of. Needs the genesis and nothing else; signatures are verified last, and both must hold.
 */
export async function verifyEvidence(content: Uint8Array, trust: Trust): Promise<EvidenceVerdict> {
  const { chainDigest, validators, votes } = trust;
  const decoded = decodeEvidence(content, (protocol) => (protocol === votes.protocol ? votes : undefined));
  if (!decoded.ok) return decoded;
  if (decoded.chain !== chainDigest) return { ok: false, fault: 'evidence of another chain' };
  const { evidence } = decoded;
  const fault = evidenceFault(evidence, validators, votes);
  if (fault !== undefined) return { ok: false, fault };
  const scope = { chain: chainDigest, protocol: votes.protocol, epoch: evidence.epoch };
  for (const { member, statement, signature } of [evidence.first, evidence.second]) {
    const publicKey = validators.members[member]?.publicKey;
    const holds =
      publicKey !== undefined && (await trust.verify(publicKey, votes.bytes(scope, statement), signature));
    if (!holds) return { ok: false, fault: `the signature under the ${statement.kind} does not hold` };
  }
  return { ok: true, evidence };
}
