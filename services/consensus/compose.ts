import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { OperatorHand } from '#libs/engine/ports/operator-hand.ts';
import { grpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import type { Logger } from '#libs/log/logger.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { loggingPart } from '#libs/reload/logging-part.ts';
import { ReloadParticipant } from '#libs/reload/reload-participant.ts';
import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import type { ServiceTools } from '#libs/service/run-service.ts';
import { clientApi } from './adapters/client-api.ts';
import { HistoryLog } from './adapters/history-log.ts';
import { type ChainFate, type LoadedChain, loadChain } from './adapters/load-chain.ts';
import { measured } from './adapters/measured-signer.ts';
import { type WorkMetrics, workMetrics } from './adapters/work-metrics.ts';
import {
  liarWatchOf,
  portsOf,
  quorumWatchOf,
  readinessOf,
  serverOf,
  statusLineOf,
} from './compose-clients.ts';
import { diagnosisOf } from './compose-diagnosis.ts';
import { consensusEventsOf, tellersOf, traceOf } from './compose-events.ts';
import { haltHeightOf } from './compose-halt.ts';
import { auditWatchOf, guestsOf, signerGateOf, signerOf, signerTlsOf } from './compose-links.ts';
import { showMetrics } from './compose-metrics.ts';
import { operatorOf } from './compose-operator.ts';
import { notingPorts, participationOf } from './compose-participation.ts';
import { peersOf } from './compose-peers.ts';
import { spansOf } from './compose-spans.ts';
import type { ComposedPeers } from './composed-peers.ts';
import type { ConsensusConfig } from './config.ts';
import { Intake } from './core/intake.ts';
import { sayTolerance } from './fault-tolerance.ts';
import { Member } from './member.ts';
import { protocolIn } from './member-rules.ts';

/** Builds the consensus service of one member: chain, links, engine, client API, events; started in this order. */
export async function composeConsensus(
  config: ConsensusConfig,
  log: Logger,
  tools: ServiceTools,
): Promise<Lifecycle> {
  const { metrics, tracer } = tools;
  const work = workMetrics(metrics);
  const grpc = grpcMetrics(metrics);
  const { chain, historyLog } = await chainOf(config, log, {
    onDamage: (reason) => monitor.halted(reason, undefined, 'store'),
    onDisk: tools.fail,
    synced: (...told) => tellSynced([work, spans], told),
  });
  const [halt, intake, hand] = [haltHeightOf(config, chain), new Intake(), new OperatorHand()];
  const { monitor, final } = tellersOf(chain, log);
  const signerClient = signerOf(config, chain, { log, onLost: (...lost) => member.halt(...lost) });
  const { bus, outbox, signals } = consensusEventsOf(config, chain, { monitor, final, log });
  const spans = spansOf(chain, { tracer, monitor, final, log });
  const trace = spans.steps(traceOf(config, { chain, monitor, final, bus, log }));
  const signer = signerGateOf(signerClient, chain, { member: () => member, log });
  const audit = auditWatchOf(config, chain, { signerClient, log });
  const peers = await peersOf(config, chain, { traceparentOf: spans.traceparentOf, metrics, log });
  const { link: gateway } = peers;
  const participation = participationOf(chain, { gateway, signerClient, monitor, final });
  const verifier = new BatchVerifier({ schemes: [schemeOf(config, chain)], waited: work.verificationWaited });
  const member: Member = new Member({
    audit,
    ...notingPorts(signerClient, chain, { participation, log }),
    ...{ chain, gateway, guests: guestsOf(config) },
    signer: measured(participation.noting(spans.signer(signer)), metrics, {
      ...{ gateway, final },
      votes: () => protocolIn(chain.book.current.terms).votes,
    }),
    prover: signer,
    signerFault: () => signerClient.fault?.reason ?? '',
    ...{ verifier, monitor, final, trace, log },
    snapshotBlocks: config.CONSENSUS_SNAPSHOT_BLOCKS || undefined,
    ...{ haltHeight: halt, intake, hand },
  });
  const parts = { member, chain, gateway, monitor, final, outbox };
  const diagnosis = diagnosisOf(config, { ...parts, signerClient, historyLog, bus });
  showMetrics(metrics, config, { ...parts, diagnosis, verifier, work });
  tools.probes.readyWhen(...readinessOf(member, peers.readiness));
  const ports = portsOf(config, chain, { member, final, diagnosis, participation, intake });
  peers.serve(ports);
  const api = clientApi(ports);
  const server = serverOf(config, chain, spans.handlers(api.handlers), { metrics: grpc, log });
  monitor.onHalt(() => server.setServing(ConsensusServiceDefinition.fullName, false));
  server.setServing('', false);
  server.setServing(ConsensusServiceDefinition.fullName, false);
  return lifecycleOf([
    { start: async () => {}, stop: async () => chain.store.close() },
    signer,
    audit,
    signerTlsOf(config, signerClient, { grpc, log }),
    ...(bus === undefined ? [] : [bus]),
    ...(outbox === undefined ? [] : [outbox]),
    // Stopped the other way round: the waits and watches end before the server waits for its calls.
    server,
    api,
    liarWatchOf(config, chain, { member, monitor, final }),
    ...peers.lives,
    member,
    ...operatorOf(config, { member, chain, final, halt, intake, hand }, log),
    ...reloadsOf(config, peers, { log, tools }),
    { start: async () => server.setServing('', true), stop: async () => {} },
    quorumWatchOf({ member, server, diagnosis, listener: signals, log }),
    statusLineOf(member, chain, log),
  ]);
}

type Synced = Pick<WorkMetrics, 'synced'>;

function tellSynced(listeners: readonly Synced[], told: Parameters<Synced['synced']>): void {
  for (const each of listeners) each.synced(...told);
}

async function chainOf(
  config: ConsensusConfig,
  log: Logger,
  fate: ChainFate,
): Promise<{ readonly chain: LoadedChain; readonly historyLog: HistoryLog }> {
  const historyLog = new HistoryLog(log);
  const chain = await loadChain({
    genesisPath: config.CONSENSUS_GENESIS,
    folder: config.CONSENSUS_FOLDER,
    member: config.CONSENSUS_MEMBER,
    ...fate,
    onUnreadable: (reason) => historyLog.unreadable(reason),
  });
  historyLog.follow(chain.history);
  sayTolerance(chain.book.current.set, log);
  return { chain, historyLog };
}

/** The part of conf.yaml that changes while consensus runs: how much it logs, and where peers are that it dials itself. */
function reloadsOf(
  { CONSENSUS_CONFIG_ADDRESS: address }: ConsensusConfig,
  peers: Pick<ComposedPeers, 'parts' | 'takePeers'>,
  { log, tools }: { readonly log: Logger; readonly tools: Pick<ServiceTools, 'logControl'> },
): readonly Lifecycle[] {
  if (address === undefined) return [];
  const parts = [loggingPart(tools.logControl), ...peers.parts];
  return [new ReloadParticipant({ address, service: 'consensus', parts, takePeers: peers.takePeers, log })];
}

function schemeOf(config: ConsensusConfig, { genesis }: LoadedChain) {
  const backend = config.CONSENSUS_BACKEND;
  return schemeByName(genesis.scheme, backend === 'auto' ? {} : { backend });
}
