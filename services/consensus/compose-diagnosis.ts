import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { EventBus } from '#libs/events/bus.ts';
import type { EventOutbox } from './adapters/event-outbox.ts';
import type { HistoryLog } from './adapters/history-log.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import type { PeerLink } from './adapters/peer-link.ts';
import type { SignerClient } from './adapters/signer-client.ts';
import type { ConsensusConfig } from './config.ts';
import { liarsIn } from './liar-watch.ts';
import type { Member } from './member.ts';
import { MemberDiagnosis, type MemberDiagnosisParts } from './member-diagnosis.ts';

interface DiagnosedParts {
  readonly member: Member;
  readonly chain: LoadedChain;
  readonly gateway: PeerLink;
  readonly signerClient: SignerClient;
  readonly monitor: MemberMonitor;
  readonly final: FinalFeed;
  readonly historyLog: HistoryLog;
  readonly bus: EventBus | undefined;
  readonly outbox: EventOutbox | undefined;
}

/** Joins what knows of something that can be wrong. */
export function diagnosisOf(
  { CONSENSUS_PARDONED_MEMBERS: pardoned }: Pick<ConsensusConfig, 'CONSENSUS_PARDONED_MEMBERS'>,
  { member, chain, gateway, signerClient, monitor, final, historyLog, bus, outbox }: DiagnosedParts,
): MemberDiagnosis {
  const { book, store, history, name, read } = chain;
  return new MemberDiagnosis({
    ...{ name, gateway, final },
    status: () => member.status(),
    names: () => book.current.set.members.map((each) => each.name),
    haltCause: () => (monitor.haltReason === '' ? 'height' : monitor.haltCause),
    signerFault: () => signerClient.fault,
    chain: {
      finalHeight: () => store.tip().header.height,
      decidedIn: () => store.tip().certificate.view,
      gap: () => read.chain.gap(),
      damaged: () => history.damaged(),
      unreadable: () => historyLog.unreadableReason,
      liars: () =>
        unlessDamaged(() => liarsIn({ book, pardoned, accused: (epoch) => read.evidence.accused(epoch) })),
    },
    peerFaults: () => monitor.peerFaults(),
    events: eventsOf(bus, outbox),
    onView: (listener) => monitor.onView(listener),
    nowMs: () => performance.now(),
    timeMs: () => Date.now(),
  });
}

/** Damage that is met here is noted as for every reader, and told as such: what else is told does not depend on it. */
export function unlessDamaged<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof ChainError) return [];
    throw error;
  }
}

function eventsOf(
  bus: EventBus | undefined,
  outbox: EventOutbox | undefined,
): MemberDiagnosisParts['events'] {
  if (bus === undefined || outbox === undefined) return undefined;
  return { isConnected: () => bus.connected(), blocksWaiting: () => outbox.blocksWaiting };
}
