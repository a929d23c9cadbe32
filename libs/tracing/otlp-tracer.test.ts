import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { SpanReceiver } from '#test/support/tracing/span-receiver.ts';
import { until } from '#test/support/within.ts';
import { TRACING_LIMITS } from './limits.ts';
import { OtlpTracer } from './otlp-tracer.ts';
import type { EndedSpan } from './tracer.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OTHER = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) };
const PROCESS = { service: 'consensus', version: '1.2.3', member: 'm0', chain: 'local' };

const spanOf = (tracer: OtlpTracer, more: Partial<EndedSpan> = {}): EndedSpan => ({
  place: { traceId: TRACE, spanId: tracer.newSpanId() },
  name: 'decide',
  startMs: 1_700_000_000_000.25,
  endMs: 1_700_000_000_001.5,
  ...more,
});

function tracerWith(exporter: SpanExporter, sample = 1) {
  const log = memoryLogger();
  const tracer = new OtlpTracer({ endpoint: 'http://127.0.0.1:1', sample, process: PROCESS, log, exporter });
  return { tracer, log };
}

/** A tracer whose spans stay in memory. */
function keeping() {
  const exported: ReadableSpan[] = [];
  const { tracer } = tracerWith({
    export: (spans, done) => {
      exported.push(...spans);
      done({ code: 0 });
    },
    shutdown: async () => {},
  });
  return { tracer, exported };
}

/** An exporter that answers when it is told to, and at once when the tests are over: nothing waits for it then. */
class HeldExporter implements SpanExporter {
  readonly asked: { readonly count: number; readonly done: (code: number) => void }[] = [];
  #isOver = false;

  constructor() {
    after(() => this.#release());
  }

  #release(): void {
    this.#isOver = true;
    for (const { done } of this.asked) done(0);
  }

  export(spans: readonly unknown[], done: (result: { code: number; error?: Error }) => void): void {
    const answer = (code: number) => done(code === 0 ? { code } : { code, error: new Error('refused') });
    if (this.#isOver) answer(0);
    else this.asked.push({ count: spans.length, done: answer });
  }

  async shutdown(): Promise<void> {}
}

describe('spans that end', () => {
  test('reach the exporter as they were told, with the process that they are of', async () => {
    const { tracer, exported } = keeping();
    const events = [{ name: 'voted', atMs: 1_700_000_000_001, facts: { 'btcfed.peer': 'm1' } }];
    tracer.ended(
      spanOf(tracer, { parent: 'b'.repeat(16), kind: 'client', events, links: [OTHER], fault: 'late' }),
    );
    await tracer.stop();
    const [span] = exported;
    assert.ok(span !== undefined);
    assert.deepEqual([span.name, span.kind, span.parentSpanContext?.spanId], ['decide', 2, 'b'.repeat(16)]);
    assert.deepEqual(span.startTime, [1_700_000_000, 250_000]);
    assert.deepEqual(span.endTime, [1_700_000_000, 1_500_000]);
    assert.deepEqual(span.status, { code: 2, message: 'late' });
    assert.deepEqual([span.events[0]?.name, span.events[0]?.attributes], ['voted', { 'btcfed.peer': 'm1' }]);
    assert.equal(span.links[0]?.context.traceId, OTHER.traceId);
    assert.deepEqual(span.resource.attributes, {
      'service.name': 'btcfed-consensus',
      'service.version': '1.2.3',
      'service.namespace': 'local',
      'service.instance.id': 'm0',
    });
    assert.deepEqual(tracer.counts, { exported: 1, dropped: 0, failed: 0 });
  });

  test('are bounded: events and texts are cut, and it is said how many events are missing', async () => {
    const { tracer, exported } = keeping();
    const events = Array.from({ length: TRACING_LIMITS.eventsMax + 3 }, () => ({ name: 'again', atMs: 1 }));
    tracer.ended(spanOf(tracer, { events, facts: { text: 'x'.repeat(5_000) } }));
    await tracer.stop();
    const [span] = exported;
    assert.deepEqual([span?.events.length, span?.droppedEventsCount], [TRACING_LIMITS.eventsMax, 3]);
    assert.equal(`${span?.attributes['text']}`.length, TRACING_LIMITS.textCharactersMax);
  });

  test('wait in a queue with an end: those that are too many are dropped and counted, and nothing waits', () => {
    const held = new HeldExporter();
    const { tracer } = tracerWith(held);
    const { queueMax, batchMax } = TRACING_LIMITS;
    // The first full batch leaves at once, and is under way for as long as the collector says nothing.
    for (let count = 0; count < batchMax + queueMax + 7; count++) tracer.ended(spanOf(tracer));
    assert.deepEqual(
      held.asked.map(({ count }) => count),
      [batchMax],
    );
    assert.equal(tracer.counts.dropped, 7);
    held.asked[0]?.done(0);
    assert.equal(tracer.counts.exported, batchMax);
  });
});

describe('a collector that is away', () => {
  test('is told of once, however many requests fail, and once when it is back', async () => {
    const held = new HeldExporter();
    const { tracer, log } = tracerWith(held);
    const { batchMax } = TRACING_LIMITS;
    const batch = async (code: number, at: number): Promise<void> => {
      for (let count = 0; count < batchMax; count++) tracer.ended(spanOf(tracer));
      await until('the request', () => held.asked.length > at);
      held.asked[at]?.done(code);
      await new Promise(setImmediate);
    };
    for (const [at, code] of [1, 1, 1, 0, 0, 1].entries()) await batch(code, at);
    assert.deepEqual(
      log.lines
        .filter(({ message }) => message.startsWith('the collector'))
        .map(({ level, message }) => [level, message]),
      [
        ['warn', 'the collector takes no spans, they are lost until it does'],
        ['info', 'the collector takes spans again'],
        ['warn', 'the collector takes no spans, they are lost until it does'],
      ],
    );
    assert.deepEqual(tracer.counts, { exported: 2 * batchMax, dropped: 0, failed: 4 * batchMax });
  });

  test('does not keep a service from its end', async () => {
    const { tracer } = tracerWith(new HeldExporter());
    tracer.ended(spanOf(tracer));
    // It never answers; the stop is over all the same.
    await tracer.stop();
    assert.equal(tracer.counts.exported, 0);
  });
});

describe('what is recorded', () => {
  test('follows from trace and share alone, and a smaller share is part of a larger one', () => {
    const [tenth, half, whole] = [0.1, 0.5, 1].map((share) => tracerWith(new HeldExporter(), share).tracer);
    const again = tracerWith(new HeldExporter(), 0.5).tracer;
    const ids = Array.from({ length: 4_000 }, (_, at) => {
      const word = (Math.imul(at + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
      return `${word}${'0'.repeat(23)}1`;
    });
    const recorded = (tracer: OtlpTracer | undefined) => ids.filter((id) => tracer?.isRecorded(id));
    assert.equal(recorded(whole).length, ids.length);
    assert.deepEqual(recorded(again), recorded(half));
    assert.ok(recorded(tenth).length > 300 && recorded(tenth).length < 500);
    assert.ok(recorded(tenth).every((id) => half?.isRecorded(id)));
  });
});

test('a collector over HTTP is sent the spans as OTLP has them', async () => {
  await using receiver = await SpanReceiver.start();
  const { endpoint } = receiver;
  const tracer = new OtlpTracer({ endpoint, sample: 1, process: PROCESS, log: memoryLogger() });
  const facts = { 'btcfed.height': 7, 'btcfed.member': 'm0', 'btcfed.is': true };
  tracer.ended(spanOf(tracer, { facts, parent: 'b'.repeat(16), links: [OTHER], fault: 'late' }));
  await tracer.stop();
  // A busy machine may take longer than a service waits for its last spans.
  await until('the spans', () => receiver.spans.length > 0);
  const [span] = receiver.spans;
  assert.deepEqual([span?.service, span?.member, span?.name], ['btcfed-consensus', 'm0', 'decide']);
  assert.deepEqual([span?.traceId, span?.parent, span?.links], [TRACE, 'b'.repeat(16), [OTHER]]);
  assert.deepEqual(span?.facts, { 'btcfed.height': 7n, 'btcfed.member': 'm0', 'btcfed.is': true });
  assert.deepEqual([span?.startNs, span?.isFailed], [1_700_000_000_000_250_000n, true]);
});
