import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '#libs/log/logger.ts';
import { CountedExporter } from './counted-exporter.ts';
import { tracesUrl } from './endpoint.ts';
import { TRACING_LIMITS } from './limits.ts';
import { readableSpan } from './readable-span.ts';
import type { EndedSpan, StoppableTracer } from './tracer.ts';
import type { SpanCounts } from './tracing-metrics.ts';

/** The process that spans are of. */
export interface TracedProcess {
  readonly service: string;
  readonly version: string;
  /** Left out: spans are without. */
  readonly member?: string | undefined;
  readonly chain?: string | undefined;
}

export interface OtlpTracerOptions {
  readonly endpoint: string;
  /** Share of the traces that is recorded. */
  readonly sample: number;
  readonly process: TracedProcess;
  readonly log: Logger;
  /** In place of the one that sends to the endpoint. */
  readonly exporter?: SpanExporter;
}

const SPAN_ID_BYTES = 8;

/**
 * Sends spans to a collector by OTLP over HTTP, in batches, off the way of everything else. This file and those that it
 * imports alone know OpenTelemetry; it is loaded where a collector is configured, and nowhere else.
 */
export class OtlpTracer implements StoppableTracer {
  readonly isOn = true;
  readonly #sampler: TraceIdRatioBasedSampler;
  readonly #exporter: CountedExporter;
  readonly #processor: BatchSpanProcessor;
  readonly #resource: ReturnType<typeof resourceFromAttributes>;
  #dropped = 0;

  constructor({ endpoint, sample, process, log, exporter }: OtlpTracerOptions) {
    const sending =
      exporter ??
      new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: TRACING_LIMITS.requestMs });
    this.#sampler = new TraceIdRatioBasedSampler(sample);
    this.#exporter = new CountedExporter(sending, { endpoint, log });
    this.#processor = new BatchSpanProcessor({
      exporter: this.#exporter,
      maxQueueSize: TRACING_LIMITS.queueMax,
      maxExportBatchSize: TRACING_LIMITS.batchMax,
      scheduledDelayMillis: TRACING_LIMITS.delayMs,
      exportTimeoutMillis: 2 * TRACING_LIMITS.requestMs,
    });
    this.#resource = resourceFromAttributes(resourceFacts(process));
  }

  get counts(): SpanCounts {
    const { exported, failed } = this.#exporter;
    return { exported, failed, dropped: this.#dropped };
  }

  isRecorded(traceId: string): boolean {
    return this.#sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
  }

  nowMs(): number {
    return performance.timeOrigin + performance.now();
  }

  newSpanId(): string {
    return randomBytes(SPAN_ID_BYTES).toString('hex');
  }

  /** Drops the span where as many wait as the processor takes: it would drop it too, and tell nobody. */
  ended(span: EndedSpan): void {
    if (this.#exporter.waiting >= TRACING_LIMITS.queueMax) return this.leftOut(1);
    this.#exporter.expect();
    this.#processor.onEnd(readableSpan(span, this.#resource));
  }

  leftOut(count: number): void {
    this.#dropped += count;
  }

  async stop(): Promise<void> {
    // Spans that a collector does not take now are lost: the service must end.
    const late = sleep(TRACING_LIMITS.stopMs, undefined, { ref: false });
    await Promise.race([this.#processor.shutdown().catch(() => undefined), late]);
  }
}

/** Names of the resource by the conventions of OpenTelemetry. */
function resourceFacts({ service, version, member, chain }: TracedProcess): Record<string, string> {
  return {
    'service.name': `btcfed-${service}`,
    'service.version': version,
    ...(chain === undefined ? {} : { 'service.namespace': chain }),
    ...(member === undefined ? {} : { 'service.instance.id': member }),
  };
}
