import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { StepTrace } from '#libs/engine/trace/step-trace.ts';
import type { Logger } from '#libs/log/logger.ts';
import { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { traceparentOf } from '#libs/tracing/traceparent.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import type { ClientHandlers } from './adapters/client/client-call.ts';
import type { GatewayLinkOptions } from './adapters/gateway-link-options.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import type { SignerGate } from './adapters/signer-gate.ts';
import { tracedHandlers } from './adapters/spans/client-spans.ts';
import { DecisionSpans } from './adapters/spans/decision-spans.ts';
import { toldSteps } from './adapters/spans/told-steps.ts';
import { tracedSigner } from './adapters/spans/traced-signer.ts';
import { TransactionSpans } from './adapters/spans/transaction-spans.ts';
import { classOf } from './adapters/traffic-class.ts';
import type { WorkMetrics } from './adapters/work-metrics.ts';

/** The places of a member where its spans come from; each is as it was while no spans are wanted. */
export interface ConsensusSpans {
  readonly steps: (trace: StepTrace) => StepTrace;
  readonly signer: (signer: Pick<SignerGate, 'sign'>) => Pick<SignerGate, 'sign'>;
  readonly handlers: (handlers: ClientHandlers) => ClientHandlers;
  readonly synced: WorkMetrics['synced'];
  readonly traceparentOf: NonNullable<GatewayLinkOptions['traceparentOf']>;
}

interface SpanSurroundings {
  readonly tracer: Tracer;
  readonly monitor: MemberMonitor;
  readonly final: FinalFeed;
  readonly log: Logger;
}

export function spansOf(
  { chainDigest, name: member, book, store }: LoadedChain,
  { tracer, monitor, final, log }: SpanSurroundings,
): ConsensusSpans {
  if (!tracer.isOn) return NO_SPANS;
  const nameOf = (index: number): string => book.current.set.members[index]?.name ?? String(index);
  const options = { tracer, chain: chainDigest, member, nameOf };
  const decisions = new DecisionSpans(options);
  const transactions = new TransactionSpans({
    ...options,
    decisions,
    blockOf: (digest) => store.blockOf(digest),
  });
  monitor.onView((entered) => decisions.entered(entered));
  monitor.onTransaction((hash, source) => transactions.waits(hash, source));
  final.listen(decisions);
  final.listen(transactions);
  return {
    steps: (trace) => toldSteps(trace, [decisions, transactions], log),
    signer: (signer) => tracedSigner(signer, { tracer, decisions }),
    handlers: (handlers) => tracedHandlers(handlers, { tracer, transactions }),
    synced: (...told) => decisions.synced(...told),
    traceparentOf: (...sent) => sentIn(sent, { decisions, transactions }),
  };
}

const NO_SPANS: ConsensusSpans = {
  steps: (trace) => trace,
  signer: (signer) => signer,
  handlers: (handlers) => handlers,
  synced: () => {},
  traceparentOf: () => undefined,
};

type Sent = Parameters<ConsensusSpans['traceparentOf']>;

/** The span that a message is sent in: that of the view, or that of the first transaction in it. */
function sentIn(
  [to, body]: Sent,
  { decisions, transactions }: { readonly decisions: DecisionSpans; readonly transactions: TransactionSpans },
): string | undefined {
  const hashes = body.kind === 'transactions' ? body.transactions.map(({ hash }) => hash) : undefined;
  const place = hashes === undefined ? viewPlace(body, decisions) : transactions.gossiped(hashes, to);
  return place && traceparentOf(place);
}

function viewPlace(body: Sent[1], { view }: DecisionSpans) {
  return classOf(body) === TrafficClass.CONSENSUS ? view?.place : undefined;
}
