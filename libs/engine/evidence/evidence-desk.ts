import { sha256Hex } from '#libs/bytes/sha256.ts';
import type { Block } from '#libs/chain/block.ts';
import type { Digest, Epoch, MemberIndex, View } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { type Evidence, evidenceFault, viewOf } from '#libs/protocol/evidence.ts';
import { decodeEvidence, encodeEvidence, evidenceDigest } from '#libs/protocol/evidence-codec.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { ClaimVerifier, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type {
  EvidenceMonitor,
  EvidencePool,
  EvidenceStore,
  ProvedEvidence,
} from '../ports/evidence-ports.ts';
import type { MemberFault } from '../ports/operator-codes.ts';
import { type Vouching, vouchingOf } from '../ports/vouching.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import {
  EVIDENCE_PER_SECOND_MAX,
  EVIDENCE_REPEAT_MS,
  EVIDENCE_VIEWS_AHEAD_MAX,
  EVIDENCE_VIEWS_BACK_MAX,
  EVIDENCE_WAITING_MAX,
} from './evidence-limits.ts';

const ENOUGH = 'more evidence against a member than is kept';
const OLD = { stale: 'evidence of a view long over', 'far-future': undefined } as const;

export interface DeskOptions {
  /** SHA-256 of the genesis. */
  readonly chain: Digest;
  /** The members of an epoch that has begun here; undefined for a later one. */
  readonly setOf: (epoch: Epoch) => ValidatorSet | undefined;
  readonly store: EvidenceStore;
  readonly pool: EvidencePool;
  /** Verifies statements of an epoch that has begun here. */
  readonly verifierOf: (epoch: Epoch) => ClaimVerifier;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly monitor: EvidenceMonitor;
  /** View of this member. */
  readonly view: () => View;
}

/**
 * Takes evidence in, from this member's watch and from other members: evidence is verified, then stored, then
 * sent once to all and put into a block (HS-35, HS-57). The desk excludes nobody and counts for no quorum.
 */
export class EvidenceDesk {
  readonly #options: DeskOptions;
  readonly #budget: SecondBudget;
  /** Contents under verification, by SHA-256: bounded by the budget of each sender. */
  readonly #underWay = new Set<string>();
  /** Hashes of the transactions that wait for a block, by digest of their evidence. */
  readonly #waiting = new Map<Digest, Digest>();
  #cancelRepeat: (() => void) | undefined;
  #isStopped = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#budget = new SecondBudget(options.clock, EVIDENCE_PER_SECOND_MAX);
  }

  /** Takes up evidence that a crash left without a block. */
  start(): void {
    this.#fillPool();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRepeat?.();
  }

  /** Evidence whose signatures hold. */
  accept(evidence: Evidence): 'stored' | 'known' | 'full' {
    const { chain, store, peers, monitor } = this.#options;
    const content = encodeEvidence(evidence, chain);
    const proved: ProvedEvidence = { evidence, digest: evidenceDigest(evidence, chain), content };
    const result = store.put(proved);
    if (result !== 'stored') return result;
    monitor.evidenceFound(proved);
    peers.send('all', { kind: 'evidence', content });
    this.#fillPool();
    return result;
  }

  /** Evidence that another member sends: believed once both signatures are verified. */
  receive(from: MemberIndex, content: Uint8Array): void {
    const refuse = (cause: RefusalCause, detail: string, fault?: MemberFault) =>
      this.#options.monitor.refused(from, cause, detail, fault);
    const read = this.#read(content);
    if (typeof read === 'string') return refuse('false-evidence', read);
    const key = sha256Hex(content);
    // Every convinced member sends the evidence once, so most of it is known here already: that is no fault and costs
    // nothing.
    if (this.#options.store.has(evidenceDigest(read, this.#options.chain)) || this.#underWay.has(key)) return;
    const untimely = this.#untimely(viewOf(read));
    if (untimely !== undefined)
      return refuse(untimely, 'evidence outside the window of views', OLD[untimely]);
    if (!this.#budget.take(from)) {
      return refuse('overloaded', 'evidence', 'more evidence than is verified in a second');
    }
    this.#underWay.add(key);
    const verified = (ok: boolean, cause?: RefusalCause): void => {
      this.#underWay.delete(key);
      if (this.#isStopped) return;
      if (!ok) return refuse(cause ?? 'false-evidence', 'evidence whose signatures do not hold');
      if (this.accept(read) === 'full') refuse('overloaded', ENOUGH, ENOUGH);
    };
    this.#options.verifierOf(read.epoch).verify([read.first, read.second], verified, from);
  }

  /** Whether all evidence in a block is true; at once when there is none. A block with false evidence is invalid. */
  vouch({ transactions }: Block, done: (vouching: Vouching) => void): void {
    const read = evidenceIn(transactions).map((content) => this.#read(content));
    const evidence = read.filter((each) => typeof each !== 'string');
    if (evidence.length < read.length) return done('false');
    this.#vouchAll(evidence, done);
  }

  /** One after the other: a block rarely has more than one, and each may be of another epoch. */
  #vouchAll([next, ...rest]: readonly Evidence[], done: (vouching: Vouching) => void): void {
    if (next === undefined) return done('true');
    const { epoch, first, second } = next;
    this.#options.verifierOf(epoch).verify([first, second], (ok, cause) => {
      const vouching = vouchingOf(ok, cause);
      return vouching === 'true' ? this.#vouchAll(rest, done) : done(vouching);
    });
  }

  /** Handles final blocks: evidence in them needs no other block, even if it has other signatures there. */
  finalised(blocks: readonly Block[]): void {
    const contents = blocks.flatMap(({ header, transactions }) =>
      evidenceIn(transactions).map((content) => ({ content, height: header.height })),
    );
    for (const { content, height } of contents) {
      const read = this.#read(content);
      if (typeof read === 'string') continue;
      this.#options.monitor.evidenceConfirmed(read, height);
      const digest = evidenceDigest(read, this.#options.chain);
      const hash = this.#waiting.get(digest);
      if (hash === undefined) continue;
      this.#waiting.delete(digest);
      this.#options.pool.remove(hash);
    }
    if (contents.length > 0) this.#fillPool();
  }

  /** Sends the evidence that waits for a block again: to a member that comes back, or to all. */
  repeat(to: MemberIndex | 'all'): void {
    for (const hash of this.#waiting.values()) {
      const content = this.#options.pool.get(hash)?.bytes;
      if (content !== undefined) this.#options.peers.send(to, { kind: 'evidence', content });
    }
  }

  /** Evidence of this federation, or the fault of the content. Judges no signature. */
  #read(content: Uint8Array): Evidence | string {
    const { chain, setOf } = this.#options;
    const decoded = decodeEvidence(content);
    if (!decoded.ok) return decoded.fault;
    if (decoded.chain !== chain) return 'evidence of another chain';
    const set = setOf(decoded.evidence.epoch);
    if (set === undefined) return 'evidence of an epoch that has not begun here';
    return evidenceFault(decoded.evidence, set) ?? decoded.evidence;
  }

  #untimely(view: View): 'stale' | 'far-future' | undefined {
    const current = this.#options.view();
    if (view + EVIDENCE_VIEWS_BACK_MAX < current) return 'stale';
    return view > current + EVIDENCE_VIEWS_AHEAD_MAX ? 'far-future' : undefined;
  }

  /** The oldest evidence without a block goes into the pool, a few at a time: none of it pushes out much else. */
  #fillPool(): void {
    const { store, pool } = this.#options;
    // Evidence of past epochs that is in no block counts too: their members are known for ever.
    for (const { digest, content } of store.pending(EVIDENCE_WAITING_MAX)) {
      if (this.#waiting.has(digest) || this.#waiting.size >= EVIDENCE_WAITING_MAX) continue;
      const transaction = transactionOf(content);
      if (pool.add(transaction)) this.#waiting.set(digest, transaction.hash);
    }
    this.#repeatLater();
  }

  #tellUnconfirmed(): void {
    for (const hash of this.#waiting.values()) {
      const content = this.#options.pool.get(hash)?.bytes;
      const read = content && this.#read(content);
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

function evidenceIn(transactions: readonly Transaction[]): readonly Uint8Array[] {
  return transactions.filter((each) => isFor('evidence', each)).map(({ bytes }) => bytes);
}
