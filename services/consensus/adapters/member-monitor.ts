import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { EngineMonitor, FailedView } from '#libs/engine/ports/engine-ports.ts';
import type { ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import {
  codeOfEvidence,
  codeOfFault,
  codeOfRefusal,
  type MemberFault,
  type OperatorCode,
} from '#libs/engine/ports/operator-codes.ts';
import type { PooledTransaction, TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import type { LogFields, Logger } from '#libs/log/logger.ts';
import { type Evidence, viewOf } from '#libs/protocol/evidence.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { type PeerFault, PeerFaults } from '../core/diagnosis/peer-faults.ts';
import { HaltNote } from './halt-note.ts';
import { PeerLines } from './peer-lines.ts';
import { TransactionReports, type WaitingListener } from './transaction-reports.ts';
import { type ViewListener, ViewReports } from './view-reports.ts';

/** Causes that every healthy federation has: a vote too many, a message of the view before. */
const ORDINARY: ReadonlySet<RefusalCause> = new Set(['stale', 'duplicate', 'far-future']);

/**
 * Counts and logs the reports of the engine. The faults of a peer get one line for each code, or cause without
 * one, and another line each minute for as long as they go on.
 */
export class MemberMonitor implements EngineMonitor {
  readonly #log: Logger;
  readonly #nameOf: (member: MemberIndex) => string;
  readonly #refused = new Map<RefusalCause, bigint>();
  readonly #lines: PeerLines;
  readonly #views: ViewReports;
  readonly #transactions: TransactionReports;
  readonly #evidenceListeners: ((proved: ProvedEvidence) => void)[] = [];
  readonly #halt = new HaltNote();
  readonly #peerFaults: PeerFaults;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(log: Logger, nameOf: (member: MemberIndex) => string, nowMs: () => number) {
    this.#log = log;
    this.#nameOf = nameOf;
    this.#views = new ViewReports(log, nameOf);
    this.#transactions = new TransactionReports(log, nameOf);
    this.#lines = new PeerLines(nowMs, nameOf);
    this.#peerFaults = new PeerFaults(nowMs);
  }

  get refusedMessages(): ReadonlyMap<RefusalCause, bigint> {
    return this.#refused;
  }

  /** The reason why this member signs nothing, with the remedy; empty while it takes part. */
  get haltReason(): string {
    return this.#halt.reason;
  }

  /** The cause of `haltReason`; says nothing while that is empty. */
  get haltCause(): HaltCause {
    return this.#halt.cause;
  }

  /** Acts of peers, lately, that no honest member commits. */
  peerFaults(): readonly PeerFault[] {
    return this.#peerFaults.recent();
  }

  onView(listener: ViewListener): void {
    this.#views.listen(listener);
  }

  onTransaction(listener: WaitingListener): void {
    this.#transactions.listen(listener);
  }

  onHalt(listener: () => void): void {
    this.#halt.listen(listener);
  }

  onEvidence(listener: (proved: ProvedEvidence) => void): void {
    this.#evidenceListeners.push(listener);
  }

  evidenceFound(proved: ProvedEvidence): void {
    const { evidence, digest } = proved;
    this.#log.warn('member contradicts itself, evidence stored', {
      peer: this.#nameOf(evidence.first.member),
      code: codeOfEvidence(evidence.kind),
      kind: evidence.kind,
      view: viewOf(evidence),
      evidence: digest,
    });
    for (const listener of this.#evidenceListeners) listener(proved);
  }

  evidenceConfirmed(evidence: Evidence, height: Height): void {
    this.#tellOf(evidence, 'EVIDENCE_CONFIRMED', (fields) =>
      this.#log.info('evidence is in a final block', { ...fields, height }),
    );
  }

  evidenceUnconfirmed(evidence: Evidence): void {
    this.#tellOf(evidence, 'EVIDENCE_UNCONFIRMED', (fields) =>
      this.#log.info('evidence is in no final block yet, it is said again', fields),
    );
  }

  entered(...entered: Parameters<EngineMonitor['entered']>): void {
    this.#views.entered(...entered);
  }

  viewFailed(failed: FailedView): void {
    this.#views.failed(failed);
  }

  refused(from: MemberIndex, cause: RefusalCause, detail?: string, fault?: MemberFault): void {
    this.#refused.set(cause, (this.#refused.get(cause) ?? 0n) + 1n);
    const code = codeOfRefusal(cause, fault);
    this.#peerFaults.refused(this.#nameOf(from), cause, code);
    if (code === undefined && ORDINARY.has(cause)) return;
    this.#lines.tell({ member: from, topic: code ?? cause }, (fields) =>
      this.#log.warn('message refused', { ...fields, code, cause, detail: detail ?? fault }),
    );
  }

  noticed(member: MemberIndex, fault: MemberFault, detail?: string): void {
    const code = codeOfFault(fault);
    this.#peerFaults.noticed(this.#nameOf(member), code);
    this.#lines.tell({ member, topic: code ?? fault }, (fields) =>
      this.#log.warn('member behaves unusually', { ...fields, code, fault, detail }),
    );
  }

  blockLost({ proposer, height, view }: BlockHeader, digest: Digest): void {
    const code: OperatorCode = 'NATURAL_FORK';
    this.#lines.tell({ member: proposer, topic: code }, (fields) =>
      this.#log.info('block lost against a final one', { ...fields, code, height, view, digest }),
    );
  }

  signatureRefused(kind: string, view: View, reason: string): void {
    this.#log.error('signer refused to sign', new Error(reason), { kind, view });
  }

  /** Says in the log that consensus has decided these blocks. */
  final(blocks: readonly Block[]): void {
    for (const { header, digest } of blocks) {
      this.#log.info('block final', {
        height: header.height,
        view: header.view,
        digest,
        transactions: header.transactionCount,
        proposer: this.#nameOf(header.proposer),
      });
    }
  }

  snapshotTaken(height: Height): void {
    this.#log.info('state taken from a snapshot, the blocks below are fetched now', { height });
  }

  transactionWaits(transaction: Digest, source: TransactionSource, traceId: string | undefined): void {
    this.#transactions.waits(transaction, source, traceId);
  }

  transactionsFinal(transactions: readonly PooledTransaction[]): void {
    this.#transactions.final(transactions);
  }

  /** Notes why the member halted. The first reason counts: later ones are often its consequence. */
  halted(reason: string, code?: OperatorCode, cause: HaltCause = 'other'): void {
    if (!this.#halt.note(reason, cause)) return;
    this.#log.error('consensus halted: this member signs nothing more', new Error(reason), { code });
    this.#halt.tell();
  }

  checkFailed(error: unknown): void {
    const count = this.#lines.note('check failed');
    if (count !== undefined) this.#log.error('application could not judge a transaction', error, { count });
  }

  #tellOf(evidence: Evidence, code: OperatorCode, say: (fields: LogFields) => void): void {
    const { kind, first } = evidence;
    this.#lines.tell({ member: first.member, topic: code }, (fields) =>
      say({ ...fields, code, kind, view: viewOf(evidence) }),
    );
  }
}
