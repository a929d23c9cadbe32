import { assert } from '#libs/assert/assert.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';
import type { DecisionVotes } from './decision-votes.ts';

/** The cost of one signature on this machine, in milliseconds of one core. */
export interface SignatureCost {
  readonly signMs: number;
  readonly verifyMs: number;
}

export interface FloorInput extends SignatureCost {
  readonly members: number;
  /** Cores that all members share. */
  readonly cores: number;
  readonly votes: DecisionVotes;
}

/**
 * The work that the signatures of one decision cannot avoid when all members share one machine, in milliseconds:
 * the proposal and each vote of each member are signed; the proposal is verified by all others. In each voting the leader
 * verifies q - 1 votes and each other member a certificate of q; where votes go to all, each member verifies q - 1 votes
 * (services/launcher/README.md "The floor of a decision").
 */
export function commitFloorMs({ members: n, cores, signMs, verifyMs, votes }: FloorInput): number {
  assert(cores > 0, 'a machine has cores');
  const q = quorumSize(n);
  const signatures = 1 + votes.votings * n;
  const counted = votes.path === 'all' ? n * (q - 1) : q - 1 + (n - 1) * q;
  const verifications = n - 1 + votes.votings * counted;
  return (signatures * signMs + verifications * verifyMs) / cores;
}

/** Members that decide, of `members` with equal weight. */
export function quorumSize(members: number): number {
  return Number(quorumOf(BigInt(members)).commitWeight);
}
