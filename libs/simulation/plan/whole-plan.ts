import type { MemberIndex } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import type { MembershipPolicy } from '#libs/membership/policy.ts';

/** A change of the members that the honest ones vote for, once those before it are done. */
export interface PlannedChange {
  readonly atMs: number;
  /** Numbers of nodes. */
  readonly leave: readonly MemberIndex[];
  readonly join: readonly MemberIndex[];
  /** Absent: the terms go on. */
  readonly terms?: NewTerms;
}

/** A node that is away for long, and finds a chain that went on without it. */
export interface Absence {
  readonly instance: number;
  readonly atMs: number;
  readonly untilMs: number;
}

/** Lies of whole nodes beside the protocol: blocks by range, snapshots, votes for members. */
export interface ClerkPlan {
  readonly member: MemberIndex;
  readonly lie: string;
}

/**
 * A run of whole nodes: the engine of production over all epochs, with its own blocks, pools, synchronisation and
 * membership, instead of the replica alone with those of the simulation.
 */
export interface WholePlan {
  /** Nodes that are no founders. Their numbers follow those of the founders. */
  readonly newcomers: number;
  readonly policy: MembershipPolicy;
  readonly changes: readonly PlannedChange[];
  readonly absences: readonly Absence[];
  readonly clerks: readonly ClerkPlan[];
  /** Number of missing blocks from which on a member takes a snapshot; 0: never. */
  readonly snapshotBlocks: number;
  /** Which certificates members keep; absent: those of production, which has larger numbers than a run has heights. */
  readonly certificates?: CertificateRule;
}
