import type { Digest, Height, View } from '#libs/chain/ids.ts';
import type { SpanPlace } from '#libs/tracing/traceparent.ts';
import type { SpanEvent, Tracer } from '#libs/tracing/tracer.ts';

/** A block that transactions were proposed in, as far as this member saw it. */
export interface SeenProposal {
  readonly height: Height;
  readonly view: View;
  readonly digest: Digest;
  readonly atMs: number;
  /** The certificates for it. */
  readonly certified: SpanEvent[];
}

/** A transaction on its way, with what this member saw of it so far. */
export interface FollowedTransaction {
  readonly hash: Digest;
  readonly place: SpanPlace;
  readonly seenMs: number;
  /** `client`, the member that gave it, or `block`: it came with a proposal alone. */
  readonly source: string;
  /** The span of the client that gave it. */
  readonly client: SpanPlace | undefined;
  readonly events: SpanEvent[];
  proposal: SeenProposal | undefined;
  orderedMs: number | undefined;
}

interface FinalFacts {
  readonly tracer: Tracer;
  readonly member: string;
  /** This member's part in the decision. */
  readonly decision: SpanPlace | undefined;
  readonly height: Height;
  /** Position in its block. */
  readonly index: number;
}

/** Tells of a transaction that was executed just now, and of each part of its way. */
export function tellFinal(followed: FollowedTransaction, facts: FinalFacts): void {
  const { tracer, decision } = facts;
  const { place, client, seenMs, events } = followed;
  tellParts(followed, facts);
  tracer.ended({
    place,
    name: 'transaction',
    startMs: seenMs,
    endMs: tracer.nowMs(),
    facts: factsOf(followed, facts),
    events,
    links: [client, decision].filter((link) => link !== undefined),
  });
}

function tellParts(followed: FollowedTransaction, { tracer, decision }: FinalFacts): void {
  const { place, seenMs, proposal, orderedMs = tracer.nowMs(), source } = followed;
  const part = (name: string, times: { readonly startMs: number; readonly endMs: number }) => ({
    place: { traceId: place.traceId, spanId: tracer.newSpanId() },
    ...{ parent: place.spanId, name, ...times },
  });
  const proposedMs = proposal?.atMs ?? orderedMs;
  if (source !== 'block') tracer.ended(part('mempool', { startMs: seenMs, endMs: proposedMs }));
  tracer.ended({
    ...part('in block', { startMs: proposedMs, endMs: orderedMs }),
    ...(proposal === undefined ? {} : { facts: factsOfProposal(proposal), events: proposal.certified }),
    links: decision === undefined ? [] : [decision],
  });
  tracer.ended(part('execute', { startMs: orderedMs, endMs: tracer.nowMs() }));
}

function factsOf({ hash, source }: FollowedTransaction, { member, height, index }: FinalFacts) {
  return {
    'btcfed.transaction': hash,
    'btcfed.member': member,
    'btcfed.source': source,
    'btcfed.height': Number(height),
    'btcfed.index': index,
  };
}

function factsOfProposal({ height, view, digest }: SeenProposal) {
  return { 'btcfed.height': Number(height), 'btcfed.view': Number(view), 'btcfed.block': digest };
}
