import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { GrpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import type { Logger } from '#libs/log/logger.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ProbeCheck } from '#libs/service/probes.ts';
import type { EvidenceTable } from './adapters/chain-store/evidence-table.ts';
import { strangerLimits } from './adapters/client/limits.ts';
import type { ClientApi } from './adapters/client-api.ts';
import { clientTls } from './adapters/client-tls.ts';
import { ExecutedChain } from './adapters/executed-chain.ts';
import { API_STATUS } from './adapters/grpc-status.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import type { ConsensusConfig } from './config.ts';
import type { ParticipationReader } from './core/decided-height.ts';
import type { Intake } from './core/intake.ts';
import type { ClientPorts } from './core/ports.ts';
import { isReady, READINESS } from './core/readiness.ts';
import { DiagnosisLog } from './diagnosis-log.ts';
import { LiarWatch, type LiarWatchOptions } from './liar-watch.ts';
import type { Member } from './member.ts';
import type { MemberDiagnosis } from './member-diagnosis.ts';
import { QuorumWatch, type QuorumWatchOptions } from './quorum-watch.ts';
import { StatusLine } from './status-line.ts';

export function serverOf(
  config: ConsensusConfig,
  { genesis }: LoadedChain,
  handlers: ClientApi['handlers'],
  { metrics, log }: { readonly metrics: GrpcMetrics; readonly log: Logger },
): GrpcServer {
  return grpcServer({
    address: config.CONSENSUS_LISTEN,
    services: [bindService(ConsensusServiceDefinition, handlers, { log, statusByCode: API_STATUS })],
    strangers: strangerLimits(genesis.parameters.transactionBytesMax),
    metrics,
    log,
    ...clientTls(config),
  });
}

export function portsOf(
  config: ConsensusConfig,
  chain: LoadedChain,
  { member, final, diagnosis, participation, intake }: ClientSurroundings,
): ClientPorts {
  const executed = new ExecutedChain(chain.read.chain, chain.application);
  return {
    identity: {
      chainId: chain.genesis.chainId,
      chainDigest: chain.chainDigest,
      member: config.CONSENSUS_MEMBER,
      scheme: chain.genesis.scheme,
    },
    membership: { current: () => chain.book.current, epoch: (epoch) => chain.book.epoch(epoch) },
    chain: executed,
    ...{ final, intake },
    mempool: member.clientMempool((hash) => executed.ordered(hash)),
    evidence: chain.read.evidence,
    status: () => member.status(),
    diagnose: () => diagnosis.findings(),
    participation,
  };
}

interface ClientSurroundings {
  readonly member: Member;
  readonly final: FinalFeed;
  readonly diagnosis: MemberDiagnosis;
  readonly participation: ParticipationReader;
  readonly intake: Intake;
}

/** Watches the quorum, and says by the health of the client API whether this member is ready to decide. The diagnosis looks with it, and its log. */
export function quorumWatchOf({ member, server, diagnosis, ...tellers }: QuorumSurroundings): QuorumWatch {
  const nowMs = () => performance.now();
  const findings = new DiagnosisLog({ diagnosis, nowMs, log: tellers.log });
  return new QuorumWatch({
    reach: () => member.status().quorum,
    looked: () => {
      server.setServing(ConsensusServiceDefinition.fullName, isReady(member.status()));
      findings.look();
    },
    nowMs,
    ...tellers,
  });
}

interface QuorumSurroundings extends Pick<QuorumWatchOptions, 'log' | 'listener'> {
  readonly member: Pick<Member, 'status'>;
  readonly server: Pick<GrpcServer, 'setServing'>;
  readonly diagnosis: Pick<MemberDiagnosis, 'look' | 'findings'>;
}

/** Looks whenever the answer may have changed: evidence was found here or stands in a block, or other members decide now. */
export function liarWatchOf(
  { CONSENSUS_PARDONED_MEMBERS: pardoned }: Pick<ConsensusConfig, 'CONSENSUS_PARDONED_MEMBERS'>,
  { book, evidence }: AccusingChain,
  { member, monitor, final }: LiarSurroundings,
): LiarWatch {
  const watch = new LiarWatch({
    ...{ book, accused: (epoch) => evidence.accused(epoch), pardoned },
    halt: (reason, cause) => member.halt(reason, cause),
  });
  monitor.onEvidence(() => watch.look());
  final.listen({ ordered: (blocks) => watch.ordered(blocks) });
  return watch;
}

interface AccusingChain {
  readonly book: LiarWatchOptions['book'];
  readonly evidence: Pick<EvidenceTable, 'accused'>;
}

interface LiarSurroundings {
  readonly member: Pick<Member, 'halt'>;
  readonly monitor: Pick<MemberMonitor, 'onEvidence'>;
  readonly final: FinalFeed;
}

/** The conditions of `/readyz`. */
export function readinessOf(member: Pick<Member, 'status'>, peers: ProbeCheck): readonly ProbeCheck[] {
  return [peers, ...READINESS.map(({ name, fault }) => ({ name, fault: () => fault(member.status()) }))];
}

export function statusLineOf(member: Member, { store }: LoadedChain, log: Logger): StatusLine {
  return new StatusLine({ status: () => member.status(), finalHeight: () => store.tip().header.height, log });
}
