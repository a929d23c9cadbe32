import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '#libs/bytes/hex.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { FinalChannel, type FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { EventBus } from '#libs/events/bus.ts';
import { natsBus } from '#libs/events/nats-bus.ts';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { readTls, type TlsPaths, tlsRenewal } from '#libs/grpc/tls-files.ts';
import type { Logger } from '#libs/log/logger.ts';
import { HANDOVER_BYTES_MAX } from '#libs/membership/limits.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { loggingPart } from '#libs/reload/logging-part.ts';
import { ReloadParticipant } from '#libs/reload/reload-participant.ts';
import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import type { ServiceTools } from '#libs/service/run-service.ts';
import { chainTag } from '#libs/settings/genesis.ts';
import { parsePeersYaml } from '#libs/settings/peers-yaml.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { AuditWatch } from './adapters/audit-watch.ts';
import { strangerLimits } from './adapters/client/limits.ts';
import { type ClientApi, clientApi } from './adapters/client-api.ts';
import { clientTls } from './adapters/client-tls.ts';
import { consensusMetrics } from './adapters/consensus-metrics.ts';
import { EventOutbox } from './adapters/event-outbox.ts';
import { ExecutedChain } from './adapters/executed-chain.ts';
import { GatewayLink } from './adapters/gateway-link.ts';
import { API_STATUS } from './adapters/grpc-status.ts';
import { handoverProof } from './adapters/handover-proof.ts';
import { HistoryLog } from './adapters/history-log.ts';
import { type LoadedChain, loadChain } from './adapters/load-chain.ts';
import { measured } from './adapters/measured-signer.ts';
import { MemberMonitor } from './adapters/member-monitor.ts';
import { SignerClient, type SignerClientOptions } from './adapters/signer-client.ts';
import { SignerGate } from './adapters/signer-gate.ts';
import type { StoreFate } from './adapters/sound-store.ts';
import { ConsensusTrace } from './adapters/step-trace.ts';
import type { ConsensusConfig } from './config.ts';
import type { ClientPorts } from './core/ports.ts';
import { viewTraceId } from './core/view-trace.ts';
import { Member } from './member.ts';

/** Builds the consensus service of one member: chain, links, engine, client API, events; started in this order. */
export async function composeConsensus(
  config: ConsensusConfig,
  log: Logger,
  tools: ServiceTools,
): Promise<Lifecycle> {
  const { metrics } = tools;
  const chain = await chainOf(config, log, {
    onDamage: (reason) => monitor.halted(reason),
    onDisk: tools.fail,
  });
  const guests = guestsOf(config);
  const { monitor, final } = tellersOf(chain, log);
  const signerClient = signerOf(config, chain, { log, onLost: (reason) => member.halt(reason) });
  const { bus, outbox } = eventsOf(config, chain, { monitor, final, log });
  const trace = traceOf(config, { chain, monitor, final, bus, log });
  const signer = new SignerGate({
    signer: signerClient,
    ...placeIn(chain),
    recorded: () => member.recorded,
    halt: (reason) => member.halt(reason),
    log,
  });
  const audit = auditOf(config, chain, { signerClient, log });
  const gateway = gatewayOf(config, chain, log);
  const member: Member = new Member({
    audit,
    chain,
    gateway,
    guests,
    signer: measured(signer, metrics, { gateway, final }),
    signerFault: () => signerClient.fault,
    verifier: new BatchVerifier({ scheme: schemeOf(config, chain) }),
    monitor,
    final,
    snapshotBlocks: config.CONSENSUS_SNAPSHOT_BLOCKS || undefined,
    trace,
    log,
  });
  consensusMetrics(metrics, {
    set: () => chain.book.current.set,
    monitor,
    final,
    status: () => member.status(),
    tipCertificate: () => chain.store.tip().certificate,
    finalHeight: () => chain.store.tip().header.height,
  });
  const api = clientApi(portsOf(config, chain, { member, final }));
  const server = serverOf(config, chain, api.handlers, log);
  monitor.onHalt(() => server.setServing(ConsensusServiceDefinition.fullName, false));
  server.setServing('', false);
  server.setServing(ConsensusServiceDefinition.fullName, false);
  return lifecycleOf([
    { start: async () => {}, stop: async () => chain.store.close() },
    signer,
    audit,
    tlsRenewal(signerTlsPaths(config), (tls) => signerClient.renewTls(tls), log),
    ...(bus === undefined ? [] : [bus]),
    ...(outbox === undefined ? [] : [outbox]),
    // Stopped the other way round: the waits and watches end before the server waits for its calls.
    server,
    api,
    member,
    ...reloadsOf(config, log, tools),
    {
      start: async () => {
        server.setServing('', true);
        server.setServing(ConsensusServiceDefinition.fullName, !member.isHalted);
      },
      stop: async () => {},
    },
  ]);
}

/** The teller of the operator, and the channel of final blocks, which it listens to first. */
function tellersOf(
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

async function chainOf(config: ConsensusConfig, log: Logger, fate: StoreFate): Promise<LoadedChain> {
  const historyLog = new HistoryLog(log);
  const chain = await loadChain({
    genesisPath: config.CONSENSUS_GENESIS,
    folder: config.CONSENSUS_FOLDER,
    member: config.CONSENSUS_MEMBER,
    ...fate,
    onUnreadable: (reason) => historyLog.unreadable(reason),
  });
  historyLog.follow(chain.history);
  return chain;
}

function auditOf(
  config: ConsensusConfig,
  chain: LoadedChain,
  { signerClient, log }: { readonly signerClient: SignerClient; readonly log: Logger },
): AuditWatch {
  return new AuditWatch({
    path: join(config.CONSENSUS_FOLDER, 'audit-heads.json'),
    signer: signerClient,
    chain: chain.chainDigest,
    own: () => chain.book.current.set.members.find(({ name }) => name === chain.name),
    log,
  });
}

function serverOf(
  config: ConsensusConfig,
  { genesis }: LoadedChain,
  handlers: ClientApi['handlers'],
  log: Logger,
): GrpcServer {
  return grpcServer({
    address: config.CONSENSUS_LISTEN,
    services: [bindService(ConsensusServiceDefinition, handlers, { log, statusByCode: API_STATUS })],
    strangers: strangerLimits(genesis.parameters.transactionBytesMax),
    log,
    ...clientTls(config),
  });
}

/** The identity that the signer must match: this chain, and the key of this member in the current epoch. */
function placeIn({ chainDigest, book, name: own }: LoadedChain) {
  return {
    chainDigest,
    ownKey: () => book.current.set.members.find(({ name }) => name === own),
    epoch: () => book.current.epoch,
  };
}

function signerOf(
  config: ConsensusConfig,
  chain: LoadedChain,
  { log, onLost }: Pick<SignerClientOptions, 'log' | 'onLost'>,
): SignerClient {
  return new SignerClient({
    address: config.CONSENSUS_SIGNER_ADDRESS,
    chain: chain.chainDigest,
    traceIdOf: (view) => viewTraceId(chain.chainDigest, view),
    log,
    onLost,
    handoverOf: (epoch) => handoverProof(chain, epoch),
    tls: { ...readTls(signerTlsPaths(config)), serverName: config.CONSENSUS_SIGNER_NAME },
  });
}

function signerTlsPaths(config: ConsensusConfig): TlsPaths {
  const { CONSENSUS_SIGNER_TLS_CA: ca, CONSENSUS_SIGNER_TLS_CERT: certificate } = config;
  return { ca, certificate, key: config.CONSENSUS_SIGNER_TLS_KEY };
}

interface EventSurroundings {
  readonly monitor: MemberMonitor;
  readonly final: FinalFeed;
  readonly log: Logger;
}

/** Facts from the chain and signals from the engine. Without a URL there are none; consensus never waits for them. */
function eventsOf(
  { CONSENSUS_NATS_URL: url, CONSENSUS_MEMBER: member }: ConsensusConfig,
  { store, application, genesis }: LoadedChain,
  { monitor, final, log }: EventSurroundings,
): { readonly bus?: EventBus; readonly outbox?: EventOutbox } {
  if (url === undefined) return {};
  const bus = natsBus({ url, network: genesis.chainId, member, log });
  const source = new ExecutedChain(store, application);
  const outbox = new EventOutbox({ source, final, bus, member, log });
  monitor.onEvidence((proved) => outbox.evidenceFound(proved));
  monitor.onView((view, leader, afterTimeout) => outbox.viewChanged(view, leader, afterTimeout));
  return { bus, outbox };
}

interface TraceSurroundings extends EventSurroundings {
  readonly chain: LoadedChain;
  readonly bus: EventBus | undefined;
}

function traceOf(
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

/** The part of conf.yaml that changes while consensus runs: how much it logs. */
function reloadsOf(
  { CONSENSUS_CONFIG_ADDRESS: address }: ConsensusConfig,
  log: Logger,
  { logControl }: ServiceTools,
): readonly Lifecycle[] {
  if (address === undefined) return [];
  return [new ReloadParticipant({ address, service: 'consensus', parts: [loggingPart(logControl)], log })];
}

function gatewayOf(config: ConsensusConfig, chain: LoadedChain, log: Logger): GatewayLink {
  const { parameters } = chain.genesis;
  return new GatewayLink({
    address: config.CONSENSUS_GATEWAY_ADDRESS,
    chainTag: tagBytes(chain),
    // A handover is no client's transaction, and may be larger than those.
    limits: {
      ...WIRE_LIMITS,
      transactionBytesMax: Math.max(parameters.transactionBytesMax, HANDOVER_BYTES_MAX),
    },
    log,
  });
}

/** Gateway keys in peers.yaml: a member that is new finds the others there, and knows their chain by its certificates. */
function guestsOf({ CONSENSUS_PEERS: path }: ConsensusConfig): readonly Uint8Array[] {
  if (path === undefined) return [];
  return parsePeersYaml(readFileSync(path, 'utf8')).peers.map(({ publicKey }) => publicKey);
}

function tagBytes({ chainDigest }: LoadedChain): Uint8Array {
  return fromHex(chainTag(chainDigest)) ?? new Uint8Array();
}

function schemeOf(config: ConsensusConfig, { genesis }: LoadedChain) {
  const backend = config.CONSENSUS_BACKEND;
  return schemeByName(genesis.scheme, backend === 'auto' ? {} : { backend });
}

function portsOf(
  config: ConsensusConfig,
  chain: LoadedChain,
  { member, final }: { readonly member: Member; readonly final: FinalFeed },
): ClientPorts {
  const executed = new ExecutedChain(chain.read.chain, chain.application);
  return {
    identity: {
      chainId: chain.genesis.chainId,
      chainDigest: chain.chainDigest,
      member: config.CONSENSUS_MEMBER,
      protocol: chain.genesis.protocol,
      scheme: chain.genesis.scheme,
    },
    membership: { current: () => chain.book.current, epoch: (epoch) => chain.book.epoch(epoch) },
    chain: executed,
    final,
    mempool: member.clientMempool((hash) => executed.ordered(hash)),
    evidence: chain.read.evidence,
    status: () => member.status(),
  };
}
