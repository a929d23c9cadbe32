import { toHex } from '#libs/bytes/hex.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { type Digest, toDigest } from '#libs/chain/ids.ts';
import type { EndedSpan, Tracer } from '#libs/tracing/tracer.ts';
import type { ClientCall, ClientHandlers } from '../client/client-call.ts';
import type { TransactionSpans } from './transaction-spans.ts';

interface ClientSpanOptions {
  readonly tracer: Tracer;
  readonly transactions: Pick<TransactionSpans, 'placeOf' | 'broughtBy'>;
}

/**
 * The same handlers; the calls about one transaction are spans. A client that records a span of its own has them in its trace,
 * with a link to that of the transaction, and all others in the trace of the transaction.
 */
export function tracedHandlers(handlers: ClientHandlers, options: ClientSpanOptions): ClientHandlers {
  const { tracer, transactions } = options;
  if (!tracer.isOn) return handlers;
  return {
    ...handlers,
    submitTransaction: (request, call) => {
      const answer = () => handlers.submitTransaction(request, call);
      const hash = digestOf(request.transaction);
      const span = spanOf('SubmitTransaction', { hash, call }, options);
      if (span === undefined) return answer();
      // A span in the trace of the transaction needs no link to it.
      if (span.links?.length === 0) return inSpan(span, tracer, answer);
      return inSpan(span, tracer, () => transactions.broughtBy(hash, span.place, answer));
    },
    submitTransactions: (request, call) => {
      const answer = () => handlers.submitTransactions(request, call);
      const span = batchSpanOf(call.callerPlace, request.transactions.length, tracer);
      return span === undefined ? answer() : inSpan(span, tracer, answer);
    },
    waitTransaction: (request, call) => {
      const answer = () => handlers.waitTransaction(request, call);
      const hash = hashIn(request.transactionHash);
      const span = hash === undefined ? undefined : spanOf('WaitTransaction', { hash, call }, options);
      return span === undefined ? answer() : inSpan(span, tracer, answer);
    },
  };
}

type BegunSpan = Omit<EndedSpan, 'startMs' | 'endMs' | 'fault'>;

/** Undefined where the trace of the transaction is not recorded: a client alone makes nobody record. */
function spanOf(
  name: string,
  { hash, call }: { readonly hash: Digest; readonly call: Pick<ClientCall, 'callerPlace'> },
  { tracer, transactions }: ClientSpanOptions,
): BegunSpan | undefined {
  const own = transactions.placeOf(hash);
  if (own === undefined) return undefined;
  const caller = call.callerPlace?.isSampled === true ? call.callerPlace : undefined;
  const { traceId, spanId: parent } = caller ?? own;
  return {
    place: { traceId, spanId: tracer.newSpanId() },
    ...{ parent, name, kind: 'server' },
    facts: { 'rpc.system': 'grpc', 'rpc.method': name, 'btcfed.transaction': hash },
    links: caller === undefined ? [] : [own],
  };
}

/** Many transactions have no trace in common but that of the client, where it records one. */
function batchSpanOf(
  caller: ClientCall['callerPlace'],
  transactions: number,
  tracer: Tracer,
): BegunSpan | undefined {
  if (caller?.isSampled !== true) return undefined;
  const { traceId, spanId: parent } = caller;
  return {
    place: { traceId, spanId: tracer.newSpanId() },
    ...{ parent, name: 'SubmitTransactions', kind: 'server' },
    facts: { 'rpc.system': 'grpc', 'rpc.method': 'SubmitTransactions', 'btcfed.transactions': transactions },
    links: [],
  };
}

async function inSpan<Answer>(span: BegunSpan, tracer: Tracer, work: () => Promise<Answer>): Promise<Answer> {
  const startMs = tracer.nowMs();
  const end = (fault?: string): void => tracer.ended({ ...span, startMs, endMs: tracer.nowMs(), fault });
  try {
    const answer = await work();
    end();
    return answer;
  } catch (error) {
    end(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

const HASH_BYTES = 32;

function hashIn(bytes: Uint8Array): Digest | undefined {
  return bytes.length === HASH_BYTES ? toDigest(toHex(bytes)) : undefined;
}
