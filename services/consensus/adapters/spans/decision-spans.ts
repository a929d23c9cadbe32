import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';
import type { SpanPlace } from '#libs/tracing/traceparent.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import { decisionTraceId, memberSpanId } from '../../core/span-ids.ts';
import type { EnteredView } from '../view-reports.ts';
import type { StoreSync } from '../work-metrics.ts';
import { BoundedMap } from './bounded-map.ts';
import { SPAN_LIMITS } from './limits.ts';
import { OpenView } from './open-view.ts';
import { beginsDecision } from './step-words.ts';

export interface SpanOptions {
  readonly tracer: Tracer;
  readonly chain: Digest;
  /** Name of this member. */
  readonly member: string;
  readonly nameOf: (member: number) => string;
}

interface OpenDecision {
  readonly height: Height;
  readonly place: SpanPlace;
  readonly startMs: number;
  view: OpenView;
  views: number;
}

/**
 * The spans of the decisions that this member takes part in. All members have those of a height in one trace, whose id follows
 * from chain and height. It hears what the service sees anyway, and decides nothing.
 */
export class DecisionSpans {
  readonly #options: SpanOptions;
  #entered: EnteredView | undefined;
  #open: OpenDecision | undefined;
  readonly #ordered = new BoundedMap<Height, { readonly place: SpanPlace; readonly atMs: number }>(
    SPAN_LIMITS.executionsMax,
  );

  constructor(options: SpanOptions) {
    this.#options = options;
  }

  /** The span of this member's part in the decision of a height; undefined where it is not recorded. */
  placeOf(height: Height): SpanPlace | undefined {
    const { tracer, chain, member } = this.#options;
    const traceId = decisionTraceId(chain, height);
    return tracer.isRecorded(traceId) ? { traceId, spanId: memberSpanId(traceId, member) } : undefined;
  }

  /** The view under way, which work that is done now is a part of. */
  get view(): OpenView | undefined {
    return this.#open?.view;
  }

  entered(entered: EnteredView): void {
    this.#entered = entered;
    const open = this.#open;
    if (open === undefined) return;
    const { height, view, failed, afterTimeout } = entered;
    if (height !== open.height) return this.#close(open, undefined);
    if (view === open.view.view) return;
    open.view.end(failed?.cause ?? (afterTimeout ? 'given up by a quorum' : undefined));
    open.view = this.#viewOf(entered, open.place);
    open.views += 1;
  }

  step(step: ConsensusStep): void {
    const open = this.#open ?? this.#begun(step);
    const isOfIt = open?.view.view === step.view && (step.height ?? open.height) === open.height;
    if (isOfIt) open.view.step(step);
  }

  /** The store wrote durably just now. */
  synced(what: StoreSync, durationMs: number): void {
    const startMs = this.#options.tracer.nowMs() - durationMs;
    this.#open?.view.part({ name: `store ${what}`, startMs });
  }

  ordered(blocks: readonly Block[]): void {
    for (const block of blocks) {
      if (block.header.height !== this.#open?.height) continue;
      const { place } = this.#open;
      this.#close(this.#open, block);
      this.#ordered.set(block.header.height, { place, atMs: this.#options.tracer.nowMs() });
    }
    const last = blocks.at(-1)?.header.height;
    // Steps that come late to a view that has decided begin no decision.
    if (last !== undefined && this.#entered !== undefined && this.#entered.height <= last)
      this.#entered = undefined;
  }

  executed({ header }: Block): void {
    const ordered = this.#ordered.take(header.height);
    if (ordered === undefined) return;
    const { tracer } = this.#options;
    const { traceId, spanId } = ordered.place;
    const place = { traceId, spanId: tracer.newSpanId() };
    tracer.ended({ place, parent: spanId, name: 'execute', startMs: ordered.atMs, endMs: tracer.nowMs() });
  }

  #begun({ name, height }: ConsensusStep): OpenDecision | undefined {
    const entered = this.#entered;
    if (entered === undefined || !beginsDecision(name)) return undefined;
    const place = this.placeOf(entered.height);
    if (place === undefined || (height ?? entered.height) !== entered.height) return undefined;
    const startMs = this.#options.tracer.nowMs();
    this.#open = { height: entered.height, place, startMs, view: this.#viewOf(entered, place), views: 1 };
    return this.#open;
  }

  #viewOf({ view, leaderName }: EnteredView, decision: SpanPlace): OpenView {
    const { tracer, nameOf } = this.#options;
    return new OpenView({ view, leaderName, decision, tracer, nameOf });
  }

  /** @param block - The one that was decided; undefined: this member learned of the decision in another way. */
  #close({ height, place, startMs, view, views }: OpenDecision, block: Block | undefined): void {
    const { tracer, member, nameOf } = this.#options;
    this.#open = undefined;
    view.end(undefined);
    const facts = { 'btcfed.height': Number(height), 'btcfed.member': member, 'btcfed.views': views };
    const decided = block === undefined ? {} : factsOfBlock(block, nameOf);
    const span = { place, name: 'decide', startMs, endMs: tracer.nowMs() };
    tracer.ended({ ...span, facts: { ...facts, ...decided } });
  }
}

function factsOfBlock({ header, digest }: Block, nameOf: SpanOptions['nameOf']) {
  return {
    'btcfed.view': Number(header.view),
    'btcfed.block': digest,
    'btcfed.proposer': nameOf(header.proposer),
    'btcfed.transactions': header.transactionCount,
  };
}
