import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { Logger } from '#libs/log/logger.ts';
import { viewOf } from '#libs/protocol/evidence.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { EngineMonitor } from '../core/engine-ports.ts';
import type { ProvedEvidence } from '../core/evidence-ports.ts';
import type { PooledTransaction, TransactionSource } from '../core/mempool.ts';

/** Told of a view that this member entered. */
export type ViewListener = (view: View, leader: MemberIndex, afterTimeout: boolean) => void;

/** Causes that every healthy federation has: a vote too many, a message of the view before. */
const ORDINARY: ReadonlySet<RefusalCause> = new Set(['stale', 'duplicate', 'far-future']);

/** Counts and logs what the engine tells; one log line for each cause and peer, however often it happens. */
export class MemberMonitor implements EngineMonitor {
  readonly #log: Logger;
  readonly #nameOf: (member: MemberIndex) => string;
  readonly #refused = new Map<RefusalCause, bigint>();
  readonly #logged = new Set<string>();
  readonly #viewListeners: ViewListener[] = [];
  readonly #finalListeners: ((blocks: readonly Block[]) => void)[] = [];
  readonly #refusalListeners: ((from: MemberIndex, cause: RefusalCause) => void)[] = [];
  readonly #haltListeners: (() => void)[] = [];
  readonly #evidenceListeners: ((proved: ProvedEvidence) => void)[] = [];
  #haltReason = '';

  constructor(log: Logger, nameOf: (member: MemberIndex) => string) {
    this.#log = log;
    this.#nameOf = nameOf;
  }

  get refusedMessages(): ReadonlyMap<RefusalCause, bigint> {
    return this.#refused;
  }

  /** Why this member signs nothing, and what to do; empty while it takes part. */
  get haltReason(): string {
    return this.#haltReason;
  }

  onView(listener: ViewListener): void {
    this.#viewListeners.push(listener);
  }

  onFinal(listener: (blocks: readonly Block[]) => void): void {
    this.#finalListeners.push(listener);
  }

  onHalt(listener: () => void): void {
    this.#haltListeners.push(listener);
  }

  onEvidence(listener: (proved: ProvedEvidence) => void): void {
    this.#evidenceListeners.push(listener);
  }

  evidenceFound(proved: ProvedEvidence): void {
    const { evidence, digest } = proved;
    this.#log.warn('member contradicts itself, evidence stored', {
      peer: this.#nameOf(evidence.first.member),
      kind: evidence.kind,
      view: viewOf(evidence),
      evidence: digest,
    });
    for (const listener of this.#evidenceListeners) listener(proved);
  }

  onRefused(listener: (from: MemberIndex, cause: RefusalCause) => void): void {
    this.#refusalListeners.push(listener);
  }

  viewEntered(view: View, leader: MemberIndex, afterTimeout: boolean): void {
    const fields = { view, leader: this.#nameOf(leader) };
    if (afterTimeout) this.#log.info('view timed out, entered the next', fields);
    else this.#log.debug('view entered', fields);
    for (const listener of this.#viewListeners) listener(view, leader, afterTimeout);
  }

  refused(from: MemberIndex, cause: RefusalCause, detail?: string): void {
    this.#refused.set(cause, (this.#refused.get(cause) ?? 0n) + 1n);
    for (const listener of this.#refusalListeners) listener(from, cause);
    const key = `${from} ${cause}`;
    if (ORDINARY.has(cause) || this.#logged.has(key)) return;
    this.#logged.add(key);
    this.#log.warn('message refused; further ones of this cause and peer are counted only', {
      peer: this.#nameOf(from),
      cause,
      detail,
    });
  }

  signatureRefused(kind: string, view: View, reason: string): void {
    this.#log.error('signer refused to sign', new Error(reason), { kind, view });
  }

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
    for (const listener of this.#finalListeners) listener(blocks);
  }

  snapshotTaken(height: Height): void {
    this.#log.info('state taken from a snapshot, the blocks below are fetched now', { height });
  }

  transactionWaits(transaction: Digest, source: TransactionSource, traceId: string | undefined): void {
    if (!this.#log.isWritten('debug')) return;
    const from = source === 'client' ? source : this.#nameOf(source);
    this.#log.debug('transaction waits', { transaction, from, traceId });
  }

  transactionsFinal(transactions: readonly PooledTransaction[]): void {
    if (!this.#log.isWritten('debug')) return;
    for (const { hash, traceId } of transactions) {
      this.#log.debug('transaction final', { transaction: hash, traceId });
    }
  }

  /** The first reason counts: what follows is often its consequence. */
  halted(reason: string): void {
    if (this.#haltReason !== '') return;
    this.#haltReason = reason;
    this.#log.error('consensus halted: this member signs nothing more', new Error(reason));
    for (const listener of this.#haltListeners) listener();
  }
}
