import { traceparentOf } from '#libs/tracing/traceparent.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import type { SignerGate } from '../signer-gate.ts';
import type { DecisionSpans } from './decision-spans.ts';

/** The same signer: each request is a span of the view that it is made in, and the signer is told of it. */
export function tracedSigner(
  signer: Pick<SignerGate, 'sign'>,
  { tracer, decisions }: { readonly tracer: Tracer; readonly decisions: Pick<DecisionSpans, 'view'> },
): Pick<SignerGate, 'sign'> {
  return {
    sign: (order, done) => {
      const { view } = decisions;
      if (view === undefined) return signer.sign(order, done);
      const startMs = tracer.nowMs();
      const place = { traceId: view.place.traceId, spanId: tracer.newSpanId() };
      const { kind, view: ofView } = order.statement;
      const facts = { 'btcfed.statement': kind, 'btcfed.view': Number(ofView) };
      signer.sign({ ...order, traceparent: traceparentOf(place) }, (answer) => {
        const fault = answer.kind === 'refused' ? answer.reason : undefined;
        view.part({ place, name: `sign ${kind}`, kind: 'client', startMs, facts, fault });
        done(answer);
      });
    },
  };
}
