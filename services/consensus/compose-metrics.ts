import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import { diskMetrics } from '#libs/metrics/disk-metrics.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import { consensusMetrics } from './adapters/consensus-metrics.ts';
import { diagnosisMetrics } from './adapters/diagnosis-metrics.ts';
import type { EventOutbox } from './adapters/event-outbox.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import type { PeerLink } from './adapters/peer-link.ts';
import type { WorkMetrics } from './adapters/work-metrics.ts';
import type { ConsensusConfig } from './config.ts';
import type { Member } from './member.ts';
import type { MemberDiagnosis } from './member-diagnosis.ts';

/** The parts of a member that its metrics are read from. */
interface ShownParts {
  readonly chain: LoadedChain;
  readonly member: Member;
  readonly monitor: MemberMonitor;
  readonly final: FinalFeed;
  readonly gateway: PeerLink;
  readonly verifier: BatchVerifier;
  readonly outbox: EventOutbox | undefined;
  readonly work: WorkMetrics;
  readonly diagnosis: Pick<MemberDiagnosis, 'findings'>;
}

/** Shows all that the parts know anyway, and the room on the disk of the chain. */
export function showMetrics(
  metrics: Metrics,
  { CONSENSUS_FOLDER: folder }: ConsensusConfig,
  { chain, member, monitor, final, gateway, verifier, outbox, work, diagnosis }: ShownParts,
): void {
  consensusMetrics(metrics, {
    set: () => chain.book.current.set,
    monitor,
    final,
    status: () => member.status(),
    tipCertificate: () => chain.store.tip().certificate,
    finalHeight: () => chain.store.tip().header.height,
  });
  work.follow({
    verifications: () => verifier.counts,
    droppedFrames: () => gateway.droppedFrames,
    outbox,
  });
  diagnosisMetrics(metrics, () => diagnosis.findings());
  diskMetrics(metrics, { chain: folder });
}
