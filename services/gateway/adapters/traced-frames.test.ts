import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryTracer } from '#libs/tracing/memory-tracer.ts';
import { sendTraced } from './traced-frames.ts';
import type { OutgoingFrame } from './wire.ts';

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const FRAME: OutgoingFrame = {
  ...{ to: ['ab'], trafficClass: 'consensus', payload: new Uint8Array(70) },
  traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01`,
};

function sending() {
  const tracer = new MemoryTracer();
  const sent: unknown[] = [];
  const registry = {
    dropped: 4,
    send: (...frame: readonly unknown[]) => {
      sent.push(frame);
      tracer.clockMs += 3;
      registry.dropped += 1;
    },
  };
  return { tracer, registry, sent };
}

describe('P2P-93 a frame that consensus sends in a span', () => {
  test('is a span of the gateway, a part of it, with what became of the frame', () => {
    const { tracer, registry, sent } = sending();
    sendTraced(FRAME, registry, tracer);
    assert.deepEqual(sent, [[FRAME.to, FRAME.trafficClass, FRAME.payload]]);
    const [span] = tracer.spans;
    assert.deepEqual(
      [span?.place.traceId, span?.parent, span?.name],
      [CALLER.traceId, CALLER.spanId, 'send frame'],
    );
    assert.deepEqual([span?.startMs, span?.endMs], [1_000, 1_003]);
    const facts = {
      'btcfed.class': 'consensus',
      'btcfed.bytes': 70,
      'btcfed.receivers': 1,
      'btcfed.dropped': 1,
    };
    assert.deepEqual(span?.facts, facts);
  });

  test('is sent all the same, without a span, where none is wanted', () => {
    const { tracer, registry, sent } = sending();
    sendTraced(FRAME, registry, undefined);
    sendTraced({ ...FRAME, traceparent: '' }, registry, tracer);
    sendTraced({ ...FRAME, traceparent: 'no header at all' }, registry, tracer);
    tracer.unrecorded.add(CALLER.traceId);
    sendTraced(FRAME, registry, tracer);
    assert.deepEqual([sent.length, tracer.spans], [4, []]);
  });
});
