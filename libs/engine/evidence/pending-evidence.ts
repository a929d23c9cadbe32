import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { EvidenceMonitor, EvidencePool, EvidenceStore } from '../ports/evidence-ports.ts';
import { EVIDENCE_REPEAT_MS, EVIDENCE_WAITING_MAX } from './evidence-limits.ts';
import { type EvidenceScope, evidenceIn, readEvidence } from './evidence-reading.ts';

export interface PendingOptions extends EvidenceScope {
  readonly store: EvidenceStore;
  readonly pool: EvidencePool;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly monitor: EvidenceMonitor;
}

/** Evidence that is in no final block yet: it waits in the pool, and is sent again until a block holds it. */
export class PendingEvidence {
  readonly #options: PendingOptions;
  /** Hashes of the transactions that wait for a block, by digest of their evidence. */
  readonly #waiting = new Map<Digest, Digest>();
  #cancelRepeat: (() => void) | undefined;
  #isStopped = false;

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRepeat?.();
  }

  /** The oldest evidence without a block goes into the pool, a few at a time: none of it pushes out much else. */
  fillPool(): void {
    const { store, pool } = this.#options;
    // Evidence of past epochs that is in no block counts too: their members are known for ever.
    for (const { digest, content } of store.pending(EVIDENCE_WAITING_MAX)) {
      if (this.#waiting.has(digest) || this.#waiting.size >= EVIDENCE_WAITING_MAX) continue;
      const transaction = transactionOf(content);
      if (pool.add(transaction)) this.#waiting.set(digest, transaction.hash);
    }
    this.#repeatLater();
  }

  /** Handles final blocks: evidence in them needs no other block, even if it has other signatures there. */
  finalised(blocks: readonly Block[]): void {
    const contents = blocks.flatMap(({ header, transactions }) =>
      evidenceIn(transactions).map((content) => ({ content, height: header.height })),
    );
    for (const { content, height } of contents) {
      const read = readEvidence(content, this.#options);
      if (typeof read === 'string') continue;
      this.#options.monitor.evidenceConfirmed(read, height);
      const digest = evidenceDigest(read, this.#options.chain);
      const hash = this.#waiting.get(digest);
      if (hash === undefined) continue;
      this.#waiting.delete(digest);
      this.#options.pool.remove(hash);
    }
    if (contents.length > 0) this.fillPool();
  }

  /** Sends the evidence that waits for a block again: to a member that comes back, or to all. */
  repeat(to: MemberIndex | 'all'): void {
    for (const hash of this.#waiting.values()) {
      const content = this.#options.pool.get(hash)?.bytes;
      if (content !== undefined) this.#options.peers.send(to, { kind: 'evidence', content });
    }
  }

  #tellUnconfirmed(): void {
    for (const hash of this.#waiting.values()) {
      const content = this.#options.pool.get(hash)?.bytes;
      const read = content && readEvidence(content, this.#options);
      if (typeof read === 'object') this.#options.monitor.evidenceUnconfirmed(read);
    }
  }

  /** Evidence that one member alone knows starts timers only there, so it must not stay alone. */
  #repeatLater(): void {
    if (this.#waiting.size === 0 || this.#isStopped) return;
    this.#cancelRepeat ??= this.#options.clock.after(EVIDENCE_REPEAT_MS, () => {
      this.#cancelRepeat = undefined;
      this.#tellUnconfirmed();
      this.repeat('all');
      this.#repeatLater();
    });
  }
}
