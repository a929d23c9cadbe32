import type { Block } from '#libs/chain/block.ts';
import type { Digest, Epoch, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { InclusionPath, StatePath } from '#libs/chain/inclusion-path.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { MempoolClient } from '#libs/engine/ports/pooled-transaction.ts';
import type { Submission } from '#libs/engine/ports/submission.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { QuorumReach } from '#libs/membership/quorum-reach.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { Evidence, EvidenceKind } from '#libs/protocol/evidence.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ViewTally } from '#libs/protocol/view-tally.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import type { ParticipationReader } from './decided-height.ts';
import type { Intake } from './intake.ts';
import type { SeenAudit } from './seen-audit.ts';

/**
 * The needs of the client API. Every port answers at once and from final data; nothing here blocks on the
 * network.
 */
export interface ClientPorts {
  readonly identity: MemberIdentity;
  readonly membership: MembershipReader;
  readonly chain: FinalChain;
  readonly final: FinalFeed;
  readonly intake: Pick<Intake, 'isOpen'>;
  readonly mempool: ClientMempool;
  readonly evidence: EvidenceReader;
  status(): MemberStatus;
  /** The faults of this member, the worst first. */
  diagnose(): readonly Finding[];
  /** The participants in the decisions that this process saw. */
  readonly participation: ParticipationReader;
}

/** Facts that never change while the member runs. */
export interface MemberIdentity {
  readonly chainId: string;
  /** SHA-256 of the genesis. */
  readonly chainDigest: Digest;
  /** Name of this member. */
  readonly member: string;
  readonly scheme: string;
}

/** The members that decide, and their votes for changes of the members. */
export interface MembershipReader {
  current(): Membership;
  /** Undefined for an epoch that has not begun. */
  epoch(epoch: Epoch): Pick<Membership, 'epoch' | 'roster' | 'set' | 'root'> | undefined;
}

/** Newest block that is final and executed. */
export interface FinalTip {
  readonly height: Height;
  readonly digest: Digest;
  readonly stateRoot: Digest;
}

/** The position of a transaction in the chain. */
export interface TransactionPosition {
  readonly height: Height;
  /** Position in its block, from 0. */
  readonly index: number;
}

/** A final transaction with the proofs that it is under the roots of its block. */
export interface FinalTransaction extends TransactionPosition {
  readonly transaction: Transaction;
  readonly payloadProof: InclusionPath;
  readonly stateProof: StatePath;
}

/** Final blocks, durable and executed, from genesis to the tip; without a gap, unless `gap` says where. */
export interface FinalChain {
  /** Kept in memory, because every answer asks for it. */
  tip(): FinalTip;
  /** Undefined above the tip. */
  blockAt(height: Height): Block | undefined;
  /** The block with the commit certificate that proves it; undefined above the tip. */
  certifiedBlock(height: Height): CertifiedBlock | undefined;
  /** All sections of the state after a final block, that of the transactions first; empty where there is no other. */
  sectionsAt(height: Height): readonly SectionRoot[];
  /** Final heights whose blocks are not held yet: this member began from a snapshot. Undefined when it holds all. */
  gap(): HeightSpan | undefined;
  /** Whether a transaction is final, whether its block is held or not. */
  isCommitted(hash: Digest): boolean;
  /** One look-up, no proof. */
  positionOf(hash: Digest): TransactionPosition | undefined;
  transaction(hash: Digest): FinalTransaction | undefined;
}

/** The client that submits a transaction, and the trace that its log lines belong to. */
export interface Submitter {
  readonly client: MempoolClient;
  readonly traceId?: string | undefined;
}

/** The transactions that wait, as the client API sees them. */
export interface ClientMempool {
  /**
   * Takes a transaction that is not final in, and spreads it. Keeps a copy. Answers at once, but for a vote for a change
   * of the membership, whose signature is verified before, or when the application takes its time.
   */
  submit(transaction: Transaction, submission: Submission): void;
  /** A transaction that waits, or undefined. */
  pending(hash: Digest): Transaction | undefined;
  /** All that wait, the oldest first; left out: nobody lists them. */
  waiting?(): Iterable<{ readonly transaction: Transaction }>;
}

export type ReplicaMode = 'active' | 'catching-up' | 'halted';

/** The present activity of the member. */
export interface MemberStatus {
  readonly mode: ReplicaMode;
  /** The reason why the member is halted, with the remedy; empty otherwise. */
  readonly haltReason: string;
  /** The height behind which its operator has it stop, and whether that is why it is halted; undefined where it goes on. */
  readonly halt: { readonly height: Height; readonly isReached: boolean } | undefined;
  /** Whether it takes no new transactions from clients, because its operator is about to stop it. */
  readonly isDraining: boolean;
  /** Why the signer signs nothing; empty when it signs. */
  readonly signerFault: string;
  /** Index in the epoch in force; undefined when it is no member of it. */
  readonly member: MemberIndex | undefined;
  readonly epoch: Epoch;
  /** The height that is being decided, in this view. */
  readonly height: Height;
  readonly view: View;
  readonly leader: MemberIndex;
  readonly phase: string;
  readonly votePath: VotePath;
  /** The votes of this view that are held: counted when it is called. */
  readonly tally: () => ViewTally;
  readonly connectedPeers: number;
  readonly mempoolTransactions: number;
  /** Time from first sight to finality of the newest transaction that became final here; 0 when there was none. */
  readonly lastCommitMs: number;
  readonly timedOutViews: bigint;
  /** Time that a view after a commit may take, as measured here. */
  readonly viewTimeoutMs: number;
  /** Highest height that a peer has proved. */
  readonly targetHeight: Height;
  /** Estimate of the time to get there; undefined when not behind, or not known yet. */
  readonly catchUpRemainingMs: number | undefined;
  /** Verified chunks of the snapshot that is being taken, and the number of all; undefined when none is taken. */
  readonly snapshot: { readonly chunks: number; readonly chunksTotal: number } | undefined;
  /** Estimate of the time until all blocks below a snapshot are held; undefined when they are, or not known yet. */
  readonly historyRemainingMs: number | undefined;
  /** Messages refused since start. */
  readonly refusedMessages: ReadonlyMap<RefusalCause, bigint>;
  /** Knowledge of the audit logs of the members' signers, by name. */
  readonly auditHeads: ReadonlyMap<string, SeenAudit>;
  /** The members of the epoch that are reachable, beside the quorum that decides. */
  readonly quorum: QuorumReach;
}

/** Evidence as it is kept: `id` rises with each that comes, with gaps or without. */
export interface KeptEvidence {
  readonly id: bigint;
  readonly evidence: Evidence;
  readonly digest: Digest;
  /** Canonical encoding. */
  readonly content: Uint8Array;
  /** Height of the final block that holds the evidence; undefined until there is one. */
  readonly height: Height | undefined;
  /** Clock of this member when it stored it, milliseconds since 1970. */
  readonly foundMs: bigint;
}

export interface EvidenceQuery {
  /** Only evidence with ids above this one is returned. */
  readonly after: bigint;
  readonly countMax: number;
  readonly member?: number | undefined;
  readonly kind?: EvidenceKind | undefined;
}

export interface EvidenceReader {
  /** Oldest first. */
  list(query: EvidenceQuery): readonly KeptEvidence[];
}

/** The blocks that facts are made of, in order, and the place where publishing goes on after a restart. */
export interface EventSource extends KeptEventCursor {
  /** Height of the newest block that is final and executed. Reads no block: that one may be damaged. */
  executedHeight(): Height;
  gap(): HeightSpan | undefined;
  /** Undefined above that height, and while the block is missing or damaged. */
  blockAt(height: Height): Block | undefined;
}

/** The place where the publishing of facts goes on after a restart. */
export interface KeptEventCursor {
  /** Highest height whose facts are all published; 0 is genesis, which has none. */
  eventCursor(): Height;
  /** Durable when it returns. */
  setEventCursor(height: Height): void;
}
