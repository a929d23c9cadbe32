import type { TraceId } from '#libs/log/trace-id.ts';
import type { SpanId, SpanPlace } from './traceparent.ts';

/** Facts of a span, named as OpenTelemetry names attributes: `btcfed.height`. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly facts?: SpanFacts;
}

/** The doer of the work of a span: this process itself, this one for a caller, or another one for this. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer';

/** A piece of work that is over. Times are milliseconds since 1970, with fractions, by the clock of the tracer. */
export interface EndedSpan {
  readonly place: SpanPlace;
  /** The span in the same trace that it is a part of. */
  readonly parent?: SpanId | undefined;
  readonly name: string;
  readonly kind?: SpanKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly facts?: SpanFacts;
  readonly events?: readonly SpanEvent[];
  /** Spans of other traces that belong to it. */
  readonly links?: readonly SpanPlace[];
  /** Why it failed; undefined: it did not. */
  readonly fault?: string | undefined;
}

/**
 * Takes spans for a collector. Spans are told of once they are over, from what a service sees anyway: nothing waits for
 * a tracer, and none decides anything.
 */
export interface Tracer {
  /** Whether spans of this trace are recorded: every process with the same share answers the same. */
  isRecorded(traceId: TraceId): boolean;
  /** Whether any spans are: while not, nothing need be gathered for them. */
  readonly isOn: boolean;
  /** Milliseconds since 1970 that never go back while the process runs. */
  nowMs(): number;
  newSpanId(): SpanId;
  ended(span: EndedSpan): void;
  /** So many spans were left out because something else had no room for them. */
  leftOut(count: number): void;
}

/** A tracer with a life: what waits is sent when it stops, within `TRACING_LIMITS.stopMs`. */
export interface StoppableTracer extends Tracer {
  stop(): Promise<void>;
}
