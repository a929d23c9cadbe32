import { assert } from '#libs/assert/assert.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';

/** The cost of one signature on this machine, in milliseconds of one core. */
export interface SignatureCost {
  readonly signMs: number;
  readonly verifyMs: number;
}

export interface FloorInput extends SignatureCost {
  readonly members: number;
  /** Cores that all members share. */
  readonly cores: number;
}

/**
 * The work that the signatures of one decision cannot avoid when all members share one machine, in milliseconds:
 * the proposal and three votes of each member are signed; the proposal is verified by all others, and in each of
 * three phases the leader verifies q - 1 votes and each other member a certificate of q
 * (services/launcher/README.md "The floor of a decision").
 */
export function commitFloorMs({ members: n, cores, signMs, verifyMs }: FloorInput): number {
  assert(cores > 0, 'a machine has cores');
  const q = quorumSize(n);
  const signatures = 1 + 3 * n;
  const verifications = n - 1 + 3 * (q - 1) + 3 * (n - 1) * q;
  return (signatures * signMs + verifications * verifyMs) / cores;
}

/** Members that decide, of `members` with equal weight. */
export function quorumSize(members: number): number {
  return Number(quorumOf(BigInt(members)).commitWeight);
}
