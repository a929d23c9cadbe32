import { type TraceId, traceIdOf } from '#libs/log/trace-id.ts';

/** Eight bytes that name a span in its trace: 16 lower-case hex digits. */
export type SpanId = string;

/** A span, as others refer to it. */
export interface SpanPlace {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
}

/** The place that a caller names in its header. */
export interface CallerPlace extends SpanPlace {
  /** Whether the caller records its own span. It comes from a stranger, and forces nobody to record. */
  readonly isSampled: boolean;
}

/** Metadata and header of the W3C trace context. */
export const TRACEPARENT_KEY = 'traceparent';

const SAMPLED = 1;
/** W3C Trace Context 3.2.2: the four fields; a version above 00 may say more behind them. */
const FORM =
  /^(?<version>[0-9a-f]{2})-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
const TEXT_MAX = 256;

/** The place that a `traceparent` names; undefined for one that the standard has a reader ignore. */
export function callerPlaceOf(text: string): CallerPlace | undefined {
  const {
    version,
    trace,
    span: spanId = '',
    flags = '',
    more,
  } = (text.length <= TEXT_MAX ? FORM.exec(text)?.groups : undefined) ?? {};
  const traceId = traceIdOf(trace);
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (traceId === undefined || isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** The header by which others join their spans to a span that is recorded. */
export function traceparentOf({ traceId, spanId }: SpanPlace): string {
  return `00-${traceId}-${spanId}-01`;
}

function isZero(digits: string): boolean {
  return /^0*$/.test(digits);
}
