import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '#libs/log/logger.ts';

type Done = Parameters<SpanExporter['export']>[1];

/** `ExportResultCode.SUCCESS` of the exporters. */
const SUCCESS = 0;

/** Counts what became of each span, and says once that the collector is away, and once that it is back. */
export class CountedExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #about: { readonly endpoint: string; readonly log: Logger };
  /** Spans that the processor was given and has not handed on yet. */
  waiting = 0;
  exported = 0;
  failed = 0;
  #isAway = false;

  constructor(inner: SpanExporter, about: { readonly endpoint: string; readonly log: Logger }) {
    this.#inner = inner;
    this.#about = about;
  }

  /** The processor is given one span more. */
  expect(): void {
    this.waiting += 1;
  }

  export(spans: ReadableSpan[], done: Done): void {
    this.waiting -= spans.length;
    this.#inner.export(spans, (result) => {
      const isTaken = result.code === SUCCESS;
      if (isTaken) this.exported += spans.length;
      else this.failed += spans.length;
      this.#tell(isTaken, result.error);
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  #tell(isTaken: boolean, error: Error | undefined): void {
    if (isTaken !== this.#isAway) return;
    this.#isAway = !isTaken;
    const { endpoint, log } = this.#about;
    if (isTaken) log.info('the collector takes spans again', { endpoint });
    else
      log.warn('the collector takes no spans, they are lost until it does', { endpoint, error: `${error}` });
  }
}
