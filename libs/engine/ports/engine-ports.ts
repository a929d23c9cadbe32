import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Epoch, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import type { Claim, QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { Evidence } from '#libs/protocol/evidence.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { EntryCause, RefusalCause } from '#libs/protocol/module.ts';
import type { ViewFailure } from '#libs/protocol/view-failure.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { HeightSpan } from './block-range.ts';
import type { ProvedEvidence } from './evidence-ports.ts';
import type { HaltCause } from './halt-cause.ts';
import type { MemberFault, OperatorCode } from './operator-codes.ts';
import type { PeerMessageBody } from './peer-message.ts';
import type { PooledTransaction, TransactionSource } from './pooled-transaction.ts';

/**
 * The chain and the safety record. A commit is durable when it returns, and takes the newest record with it; a held block is, with
 * the next commit or `flush` that writes.
 */
export interface ChainPort {
  tip(): ChainTip;
  /** State tree up to and with a held block, final or not; undefined when the block or its past is missing. */
  frontierOf(digest: Digest): Frontier | undefined;
  headerOf(digest: Digest): BlockHeader | undefined;
  blockOf(digest: Digest): Block | undefined;
  putBlock(block: Block, frontier: Frontier): void;
  /** Whether a transaction is in a final block. */
  isCommitted(transaction: Digest): boolean;
  /** Transactions of the undecided blocks up to and with this one. */
  undecidedTransactions(digest: Digest): ReadonlySet<Digest>;
  /** Makes the certified block and its undecided ancestors final. @throws ChainError CHAIN_FORK. */
  commit(certificate: QuorumCertificate): readonly Block[];
  /**
   * Makes blocks that grow out of the tip, lowest first, final in one transaction; none of them need be held. The
   * certificate is that of the last, and verified. Outlives this process at once, a power cut with the next record.
   * @throws ChainError CHAIN_FORK.
   */
  extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): readonly Block[];
  /** A final block; undefined above the tip. */
  blockAt(height: Height): Block | undefined;
  certifiedBlock(height: Height): CertifiedBlock | undefined;
  /** The commit certificate of the highest final block between these heights, inclusive, that has one of its own. */
  certificateWithin(span: HeightSpan): QuorumCertificate | undefined;
  /** Replaces the safety record: durable with the next commit that writes, and at the latest when `flush` returns. */
  putRecord(record: HostedRecord): void;
  flush(): void;
}

export interface ChainTip {
  readonly header: BlockHeader;
  readonly digest: Digest;
  readonly certificate: QuorumCertificate;
}

/** Other members, as far as their gateways are connected. */
export interface PeerPort {
  /**
   * @param epoch - The receiver's, given where it differs: the receiver is behind.
   * @param form - Whole, when left out.
   */
  send(to: MemberIndex | 'all', body: PeerMessageBody, epoch?: Epoch, form?: MessageForm): void;
  /** Members of this epoch, and behind them, with indices above theirs, guests who may ask for blocks. */
  connected(): readonly MemberIndex[];
}

/** The audit logs of the members' signers. */
export interface AuditPort {
  /** The end of this member's own log; undefined until the signer has reported it. */
  own(): AuditHead | undefined;
  /** Another member reports the end of its log. */
  heard(from: MemberIndex, head: AuditHead): void;
}

/** The signer, as far as it signs votes for changes of the members that no person has seen. */
export interface AutomaticVotes {
  /** Names of the members that left by votes of this node, and are not back: told when an epoch begins; may be left out. */
  suspended?(names: readonly string[]): void;
  /** @param done - Called once: undefined where the signer refuses, or does not answer. */
  sign(
    vote: Pick<MembershipVote, 'change' | 'goodUntil'>,
    done: (signature: Uint8Array | undefined) => void,
  ): void;
}

export interface ClockPort {
  nowMs(): number;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, fire: () => void): () => void;
}

export interface ClaimVerifier {
  /** The method of the replica's port; without `from` this member itself asks. */
  verify(
    claims: readonly Claim[],
    done: (ok: boolean, cause?: RefusalCause, falseClaim?: Claim) => void,
    from?: MemberIndex,
  ): void;
  /** A signature of this member's own signer: certificates bring it back, and it needs no verification then. */
  trust(claim: Claim): void;
}

/** A view that failed, with the height that was being decided in it. */
export interface FailedView extends ViewFailure {
  readonly height: Height;
}

/**
 * The reports of the engine to its surroundings: log, metrics, status, events. None of them decides anything, and final
 * blocks are told elsewhere (final-channel.ts).
 */
export interface EngineMonitor {
  /** @param height - The height that is being decided there. */
  entered(position: Position, leader: MemberIndex, cause: EntryCause, height: Height): void;
  /** A view failed: told once of each, when this member gives it up or is shown that a quorum has. */
  viewFailed(failed: FailedView): void;
  /** A message was refused; `fault` is given where an operator code depends on it. */
  refused(from: MemberIndex, cause: RefusalCause, detail?: string, fault?: MemberFault): void;
  /** An observation for the operator, although no message was refused for it. */
  noticed(member: MemberIndex, fault: MemberFault, detail?: string): void;
  signatureRefused(kind: string, view: View, reason: string): void;
  /** The state as of this height was taken; the blocks below follow. */
  snapshotTaken(height: Height): void;
  /** New to this member. `traceId` joins its lines in the logs of all members, where its client or a member gave one. */
  transactionWaits(hash: Digest, source: TransactionSource, traceId: string | undefined): void;
  /** These waited here, and are in a final block. */
  transactionsFinal(transactions: readonly PooledTransaction[]): void;
  /** A block that was held lost against a final one of its height. */
  blockLost(header: BlockHeader, digest: Digest): void;
  /** Nothing is signed any more. @param cause - `other` when it is left out. */
  halted(reason: string, code?: OperatorCode, cause?: HaltCause): void;
  /** The application threw where it was to judge a transaction, which is refused. */
  checkFailed(error: unknown): void;
  /** New to this member; both signatures hold, and it is stored. */
  evidenceFound(proved: ProvedEvidence): void;
  /** A final block holds it: a quorum verified it. */
  evidenceConfirmed(evidence: Evidence, height: Height): void;
  /** No final block holds the evidence yet, and it is sent again. */
  evidenceUnconfirmed(evidence: Evidence): void;
}
