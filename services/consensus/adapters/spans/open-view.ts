import type { View } from '#libs/chain/ids.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';
import type { SpanPlace } from '#libs/tracing/traceparent.ts';
import type { EndedSpan, SpanEvent, Tracer } from '#libs/tracing/tracer.ts';
import { certifiedPhase, isToldOf, votedPhase } from './step-words.ts';

/** Events that are kept of a view; those of a liar who repeats itself are not all told. */
const EVENTS_MAX = 128;

export interface OpenViewOptions {
  readonly view: View;
  readonly leaderName: string;
  /** The span of this member that the view is a part of. */
  readonly decision: SpanPlace;
  readonly tracer: Tracer;
  readonly nameOf: (member: number) => string;
}

/** One view of a decision while it goes on, as the span that it becomes. */
export class OpenView {
  readonly #options: OpenViewOptions;
  readonly place: SpanPlace;
  readonly #startMs: number;
  readonly #events: SpanEvent[] = [];
  /** When this member voted in a phase whose quorum is not here yet. */
  readonly #votedMs = new Map<string, number>();

  constructor(options: OpenViewOptions) {
    const { decision, tracer } = options;
    this.#options = options;
    this.place = { traceId: decision.traceId, spanId: tracer.newSpanId() };
    this.#startMs = tracer.nowMs();
  }

  get view(): View {
    return this.#options.view;
  }

  step(step: ConsensusStep): void {
    const { tracer } = this.#options;
    const atMs = tracer.nowMs();
    const voted = votedPhase(step.name);
    if (voted !== undefined && !this.#votedMs.has(voted)) this.#votedMs.set(voted, atMs);
    const certified = certifiedPhase(step.name);
    if (certified !== undefined) this.#certified(certified, atMs, step);
    if (!isToldOf(step.name) || this.#events.length >= EVENTS_MAX) return;
    this.#events.push({ name: step.name, atMs, facts: this.#factsOf(step) });
  }

  /** A span that is part of this view, from a moment until now. */
  part(span: Pick<EndedSpan, 'name' | 'startMs'> & Partial<EndedSpan>): void {
    const { tracer } = this.#options;
    const { traceId, spanId } = this.place;
    const place = { traceId, spanId: tracer.newSpanId() };
    tracer.ended({ place, parent: spanId, endMs: tracer.nowMs(), ...span });
  }

  /** @param fault - Why the view failed; undefined: it decided. */
  end(fault: string | undefined): void {
    const { tracer, decision, view, leaderName } = this.#options;
    tracer.ended({
      place: this.place,
      parent: decision.spanId,
      name: 'view',
      startMs: this.#startMs,
      endMs: tracer.nowMs(),
      facts: { 'btcfed.view': Number(view), 'btcfed.leader': leaderName },
      events: this.#events,
      fault,
    });
  }

  #certified(phase: string, endMs: number, { voteCount, required }: ConsensusStep): void {
    const startMs = this.#votedMs.get(phase);
    this.#votedMs.delete(phase);
    if (startMs === undefined) return;
    const facts = {
      'btcfed.phase': phase,
      ...(voteCount === undefined ? {} : { 'btcfed.votes': voteCount }),
      ...(required === undefined ? {} : { 'btcfed.quorum': Number(required) }),
    };
    this.part({ name: `${phase} quorum`, startMs, endMs, facts });
  }

  #factsOf({ member, digest, reason }: ConsensusStep) {
    return {
      ...(member === undefined ? {} : { 'btcfed.peer': this.#options.nameOf(member) }),
      ...(digest === undefined ? {} : { 'btcfed.block': digest }),
      ...(reason === undefined ? {} : { 'btcfed.reason': reason }),
    };
  }
}
