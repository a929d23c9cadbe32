import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import type { QuorumReach } from '#libs/membership/quorum-reach.ts';
import type { SignerFault } from '../signer-fault.ts';
import type { ClockDifference } from './clock-watch.ts';
import type { FailedLeader } from './failed-views.ts';
import type { PeerFault } from './peer-faults.ts';

/** All that a member knows about itself and the others when somebody asks what is wrong. Durations are milliseconds. */
export interface DiagnosisFacts {
  /** Name of this member. */
  readonly member: string;
  readonly epoch: bigint;
  readonly isGuest: boolean;
  /** Undefined while it takes part. */
  readonly halt: { readonly cause: HaltCause; readonly reason: string } | undefined;
  /** How long its operator has it take no new transactions; undefined while it takes them. */
  readonly drainedMs: number | undefined;
  readonly signer: SignerFault | undefined;
  readonly isGatewayAttached: boolean;
  readonly quorum: QuorumReach;
  /** How long no quorum is reachable; 0 while one is. */
  readonly quorumLostMs: number;
  /** Members whose gateways are connected and whose consensus was not heard for too long. */
  readonly mute: readonly MuteMember[];
  readonly catchUp: CatchUpFacts | undefined;
  readonly view: ViewFacts;
  readonly failedViews: readonly FailedLeader[];
  /** Members of this epoch that stored evidence accuses, and that the operator has not pardoned. */
  readonly liars: readonly string[];
  readonly peerFaults: readonly PeerFault[];
  readonly auditComplaints: readonly { readonly member: string; readonly complaint: string }[];
  readonly missingHistory: MissingHistoryFacts | undefined;
  /** Heights whose blocks are damaged on the disk and not fetched again yet. */
  readonly damagedHeights: readonly bigint[];
  /** The part of chain.db beside blocks that cannot be read; empty when nothing was found. */
  readonly unreadable: string;
  /** Undefined without a NATS server in the settings. */
  readonly events: EventFacts | undefined;
  readonly clocks: readonly ClockDifference[];
}

export interface MuteMember {
  readonly member: string;
  readonly silentMs: number;
}

export interface CatchUpFacts {
  readonly finalHeight: bigint;
  readonly targetHeight: bigint;
  readonly remainingMs: number | undefined;
  /** How long no block came; 0 while a snapshot is being taken. */
  readonly stillMs: number;
}

/** The view at hand. */
export interface ViewFacts {
  readonly height: bigint;
  readonly view: bigint;
  readonly leader: string;
  readonly isProposed: boolean;
  readonly steps: readonly StepFacts[];
  /** Whether this member holds the votes of all: they go to everybody, or it leads. */
  readonly isCounted: boolean;
  readonly neededWeight: bigint;
  readonly viewTimeoutMs: number;
  readonly waitingTransactions: number;
  /** How long transactions wait without a decision; 0 while none does. */
  readonly waitingMs: number;
}

/** The votes of one step that are held. */
export interface StepFacts {
  readonly step: string;
  readonly voters: readonly string[];
  /** Members of the epoch that are not among them. */
  readonly missing: readonly string[];
  readonly isDecided: boolean;
}

export interface MissingHistoryFacts {
  readonly from: bigint;
  readonly to: bigint;
  readonly remainingMs: number | undefined;
}

export interface EventFacts {
  readonly isConnected: boolean;
  /** How long the server is away; 0 while it is there. */
  readonly awayMs: number;
  /** Final blocks whose facts are not published. */
  readonly blocksWaiting: bigint;
}
