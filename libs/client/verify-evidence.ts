import { type Evidence, evidenceFault } from '#libs/protocol/evidence.ts';
import { decodeEvidence } from '#libs/protocols/evidence-codec.ts';
import type { Trust } from './verify-block.ts';
import { standingOf } from './verify-claim.ts';

/** The verified evidence, or a `fault` for people. */
export type EvidenceVerdict =
  | { readonly ok: true; readonly evidence: Evidence }
  | { readonly ok: false; readonly fault: string };

const FAULT = {
  false: 'does not hold',
  unresolved: 'is by a key that no member is known to have certified',
} as const;

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
  for (const claim of [evidence.first, evidence.second]) {
    const standing = await standingOf(claim, trust);
    if (standing !== 'true')
      return { ok: false, fault: `the signature under the ${claim.statement.kind} ${FAULT[standing]}` };
  }
  return { ok: true, evidence };
}
