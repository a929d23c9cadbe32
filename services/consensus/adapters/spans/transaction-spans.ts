import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';
import type { SpanPlace } from '#libs/tracing/traceparent.ts';
import { memberSpanId, transactionTraceId } from '../../core/span-ids.ts';
import { BoundedMap } from './bounded-map.ts';
import type { DecisionSpans, SpanOptions } from './decision-spans.ts';
import { type FollowedTransaction, type SeenProposal, tellFinal } from './followed-transaction.ts';
import { SPAN_LIMITS } from './limits.ts';
import { certifiedPhase } from './step-words.ts';

export interface TransactionSpanOptions extends SpanOptions {
  readonly decisions: Pick<DecisionSpans, 'placeOf'>;
  /** A block that this member holds. */
  readonly blockOf: (digest: Digest) => Block | undefined;
}

/** Steps after which this member may hold the block. */
const HOLDS_BLOCK = /^block_added$|^proposal_(?:created|validated)$|_created$/;

/**
 * The spans of transactions from the first sight of this member to their execution. All members have those of one in one trace,
 * whose id is read off its hash.
 */
export class TransactionSpans {
  readonly #options: TransactionSpanOptions;
  readonly #followed: BoundedMap<Digest, FollowedTransaction>;
  readonly #proposals = new BoundedMap<Digest, SeenProposal>(SPAN_LIMITS.proposalsMax);
  /** The spans of the clients whose calls bring these just now. */
  readonly #clients = new Map<Digest, SpanPlace>();

  constructor(options: TransactionSpanOptions) {
    this.#options = options;
    const { transactionsMax } = SPAN_LIMITS;
    this.#followed = new BoundedMap(transactionsMax, () => options.tracer.leftOut(1));
  }

  /** The span of this member's part in a transaction; undefined where it is not recorded. */
  placeOf(hash: Digest): SpanPlace | undefined {
    const { tracer, member } = this.#options;
    const traceId = transactionTraceId(hash);
    return tracer.isRecorded(traceId) ? { traceId, spanId: memberSpanId(traceId, member) } : undefined;
  }

  /** A client brings a transaction, in a span of its own; `bringing` ends with the answer. */
  async broughtBy<Answer>(hash: Digest, client: SpanPlace, bringing: () => Promise<Answer>): Promise<Answer> {
    this.#clients.set(hash, client);
    try {
      return await bringing();
    } finally {
      this.#clients.delete(hash);
    }
  }

  /** New to this member. */
  waits(hash: Digest, source: TransactionSource): void {
    this.#follow(hash, source === 'client' ? source : this.#options.nameOf(source));
  }

  /** @returns the span of the first of these that is followed. */
  gossiped(hashes: readonly Digest[], to: MemberIndex | 'all'): SpanPlace | undefined {
    const { tracer, nameOf } = this.#options;
    const followed = hashes.flatMap((hash) => this.#followed.get(hash) ?? []);
    const atMs = tracer.nowMs();
    const facts = { 'btcfed.peer': to === 'all' ? to : nameOf(to) };
    for (const { events } of followed) {
      if (events.length < SPAN_LIMITS.gossipsMax) events.push({ name: 'gossiped', atMs, facts });
    }
    return followed[0]?.place;
  }

  step(step: ConsensusStep): void {
    const { name, digest } = step;
    if (digest === undefined) return;
    if (HOLDS_BLOCK.test(name)) this.#proposed(digest);
    const phase = certifiedPhase(name);
    const certified = phase === undefined ? undefined : this.#proposals.get(digest)?.certified;
    const isNew = certified?.every(({ facts }) => facts?.['btcfed.phase'] !== phase) === true;
    const atMs = this.#options.tracer.nowMs();
    if (isNew && phase !== undefined)
      certified.push({ name: 'certified', atMs, facts: { 'btcfed.phase': phase } });
  }

  ordered(blocks: readonly Block[]): void {
    const orderedMs = this.#options.tracer.nowMs();
    for (const { transactions, digest } of this.#followed.size === 0 ? [] : blocks) {
      const proposal = this.#proposals.take(digest);
      for (const { hash } of transactions) {
        const followed = this.#followed.get(hash);
        if (followed !== undefined) Object.assign(followed, { orderedMs, proposal });
      }
    }
  }

  executed({ header, transactions }: Block): void {
    if (this.#followed.size === 0) return;
    const { tracer, member, decisions } = this.#options;
    const { height } = header;
    const facts = { tracer, member, height, decision: decisions.placeOf(height) };
    for (const [index, { hash }] of transactions.entries()) {
      const followed = this.#followed.take(hash);
      if (followed !== undefined) tellFinal(followed, { ...facts, index });
    }
  }

  #proposed(digest: Digest): void {
    if (this.#proposals.get(digest) !== undefined) return;
    const block = this.#options.blockOf(digest);
    if (block === undefined) return;
    const { height, view } = block.header;
    const proposal = { height, view, digest, atMs: this.#options.tracer.nowMs(), certified: [] };
    this.#proposals.set(digest, proposal);
    for (const { hash } of block.transactions) this.#follow(hash, 'block');
  }

  #follow(hash: Digest, source: string): void {
    const { tracer } = this.#options;
    const place = this.placeOf(hash);
    if (place === undefined || this.#followed.get(hash) !== undefined) return;
    // Those that come last wait longest, and their spans say least.
    if (this.#followed.size >= SPAN_LIMITS.transactionsMax && source === 'block') return tracer.leftOut(1);
    const client = this.#clients.get(hash);
    const seenMs = tracer.nowMs();
    const nothing = { events: [], proposal: undefined, orderedMs: undefined };
    this.#followed.set(hash, { hash, place, seenMs, source, client, ...nothing });
  }
}
