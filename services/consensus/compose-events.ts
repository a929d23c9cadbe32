import { FinalChannel, type FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { EventBus } from '#libs/events/bus.ts';
import { natsBus } from '#libs/events/nats-bus.ts';
import type { Logger } from '#libs/log/logger.ts';
import { type ConsensusSignals, consensusSignals } from './adapters/consensus-signals.ts';
import { EventOutbox } from './adapters/event-outbox.ts';
import { ExecutedChain } from './adapters/executed-chain.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import { MemberMonitor } from './adapters/member-monitor.ts';
import { ConsensusTrace } from './adapters/step-trace.ts';
import type { ConsensusConfig } from './config.ts';
import { viewTraceId } from './core/view-trace.ts';

/** The teller of the operator, and the channel of final blocks, which it listens to first. */
export function tellersOf(
  { book }: LoadedChain,
  log: Logger,
): { readonly monitor: MemberMonitor; readonly final: FinalChannel } {
  const monitor = new MemberMonitor(
    log,
    (index) => book.current.set.members[index]?.name ?? String(index),
    () => performance.now(),
  );
  const final = new FinalChannel();
  final.listen({ ordered: (blocks) => monitor.final(blocks) });
  return { monitor, final };
}

interface EventSurroundings {
  readonly monitor: MemberMonitor;
  readonly final: FinalFeed;
  readonly log: Logger;
}

/** All absent where no events are published. */
interface ConsensusEvents {
  readonly bus?: EventBus;
  readonly outbox?: EventOutbox;
  readonly signals?: ConsensusSignals;
}

/** Facts from the chain and signals from the engine. Without a URL there are none; consensus never waits for them. */
export function consensusEventsOf(
  {
    CONSENSUS_NATS_URL: url,
    CONSENSUS_MEMBER: member,
    CONSENSUS_TRANSACTION_EVENTS: perTransaction,
  }: ConsensusConfig,
  { store, application, genesis }: LoadedChain,
  { monitor, final, log }: EventSurroundings,
): ConsensusEvents {
  if (url === undefined) return {};
  const bus = natsBus({ url, network: genesis.chainId, member, log });
  const source = new ExecutedChain(store, application);
  const facts = { member, ofTransactions: perTransaction === 'on' };
  const outbox = new EventOutbox({ source, final, bus, facts, log });
  const signals = consensusSignals(bus);
  monitor.onEvidence((proved) => signals.evidenceFound(proved));
  monitor.onView((entered) => signals.viewChanged(entered));
  return { bus, outbox, signals };
}

interface TraceSurroundings extends EventSurroundings {
  readonly chain: LoadedChain;
  readonly bus: EventBus | undefined;
}

export function traceOf(
  { CONSENSUS_STEP_EVENTS: events }: ConsensusConfig,
  { chain, monitor, final, bus, log }: TraceSurroundings,
): ConsensusTrace {
  const trace = new ConsensusTrace({
    log,
    bus,
    always: events === 'always' && bus !== undefined,
    nameOf: (index) => chain.book.current.set.members[index]?.name ?? String(index),
    traceIdOf: (view) => viewTraceId(chain.chainDigest, view),
  });
  final.listen({ ordered: (blocks) => trace.final(blocks) });
  monitor.onEvidence((proved) => trace.evidence(proved));
  return trace;
}
