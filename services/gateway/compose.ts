import { absentBus } from '#libs/events/absent-bus.ts';
import type { EventBus } from '#libs/events/bus.ts';
import { natsBus } from '#libs/events/nats-bus.ts';
import { type GrpcMetrics, grpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import type { Logger } from '#libs/log/logger.ts';
import { absentMetrics } from '#libs/metrics/absent-metrics.ts';
import { GatewayServiceDefinition } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { loggingPart } from '#libs/reload/logging-part.ts';
import { ReloadParticipant } from '#libs/reload/reload-participant.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ProbeCheck } from '#libs/service/probes.ts';
import type { ServiceTools } from '#libs/service/run-service.ts';
import { IdentityKey, peerIdOf } from '#libs/settings/keys.ts';
import { ConfigurationClient } from './adapters/configuration-client.ts';
import { EXCHANGE_CODEC } from './adapters/exchange-codec.ts';
import { gatewayMetrics } from './adapters/gateway-metrics.ts';
import { type GatewayHandlerParts, gatewayHandlers } from './adapters/grpc-handlers.ts';
import { GATEWAY_STATUS } from './adapters/grpc-status.ts';
import { interfaceWatch } from './adapters/interface-watch.ts';
import { Libp2pNetwork } from './adapters/libp2p-network.ts';
import { peerEvents } from './adapters/peer-events.ts';
import { recordCryptography } from './adapters/record-cryptography.ts';
import { systemLookUp } from './adapters/system-names.ts';
import { configurationFromWire, peersFromWire } from './adapters/wire.ts';
import type { GatewayConfig } from './config.ts';
import { DIAL_HEAD_START_MS, LISTEN_RETRY_MS } from './core/connection-limits.ts';
import type { PeerStore } from './exchange/ports.ts';
import { Gateway } from './gateway.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { NameCache } from './peers/name-cache.ts';
import type { ConfigurationSource } from './ports/configuration.ts';

/** The replacements that tests use for the outside. */
export interface GatewayOutside extends Partial<ServiceTools> {
  readonly source?: ConfigurationSource & PeerStore;
  readonly bus?: EventBus;
}

/** Builds the gateway. */
export async function composeGateway(
  config: GatewayConfig,
  log: Logger,
  outside: GatewayOutside = {},
): Promise<Lifecycle> {
  const bus = outside.bus ?? busOf(config, log);
  const source = outside.source ?? new ConfigurationClient(config.GATEWAY_CONFIG_ADDRESS);
  const gateway = new Gateway({
    log,
    peerIdOf,
    source,
    store: source,
    codec: EXCHANGE_CODEC,
    cryptographyOf: recordCryptography,
    signals: peerEvents(bus),
    resolver: new NameCache({ lookUp: systemLookUp, nowMs: () => performance.now(), log }),
    watchInterfaces: (onChange) => interfaceWatch(onChange),
    dialHeadStartMs: DIAL_HEAD_START_MS,
    listenRetryMs: LISTEN_RETRY_MS,
    random: Math.random,
    openNetwork: (privateKey, listenAddresses) => openNetwork(privateKey, listenAddresses, log),
    serve: (parts) => {
      const { metrics = absentMetrics } = outside;
      gatewayMetrics(metrics, parts);
      outside.probes?.readyWhen(attachedWhile(parts));
      return serverOf({ ...parts, tracer: outside.tracer }, config, { metrics: grpcMetrics(metrics), log });
    },
  });
  const reloads = new ReloadParticipant({
    address: config.GATEWAY_CONFIG_ADDRESS,
    service: 'gateway',
    parts: [
      { prepare: (proposal) => gateway.prepare(configurationFromWire(proposal)) },
      ...(outside.logControl === undefined ? [] : [loggingPart(outside.logControl)]),
    ],
    takePeers: (peers) => gateway.takePeers(peersFromWire(peers)),
    onAway: (error) => {
      log.warn('config service is away, the last configuration stays in force', { error: `${error}` });
    },
    onBack: () => log.info('config service is back'),
    log,
  });
  return {
    start: async () => {
      await bus.start();
      await gateway.start();
      await reloads.start();
    },
    // Also in the middle of a start: the wait for the config service ends at once.
    stop: async () => {
      await reloads.stop();
      await gateway.stop();
      await bus.stop();
    },
  };
}

function busOf(config: GatewayConfig, log: Logger): EventBus {
  const { GATEWAY_NATS_URL: url, GATEWAY_NETWORK: network, GATEWAY_MEMBER: member } = config;
  return url === undefined ? absentBus() : natsBus({ url, network, member, log });
}

function openNetwork(
  privateKey: Uint8Array,
  listenAddresses: readonly string[],
  log: Logger,
): Promise<Libp2pNetwork> {
  const identity = IdentityKey.fromBytes(privateKey);
  if (!identity.halvesAgree) {
    log.warn('the halves of node.private_key do not belong together, no peer can connect', {
      peer_id: identity.peerId,
    });
  }
  return Libp2pNetwork.create({ privateKey, listenAddresses, log });
}

function serverOf(
  parts: GatewayHandlerParts,
  config: GatewayConfig,
  { metrics, log }: { readonly metrics: GrpcMetrics; readonly log: Logger },
): Lifecycle {
  const handlers = gatewayHandlers(parts);
  const service = bindService(GatewayServiceDefinition, handlers, { log, statusByCode: GATEWAY_STATUS });
  return grpcServer({ address: config.GATEWAY_LISTEN, services: [service], metrics, log });
}

/** A gateway without consensus keeps its peers, and has nothing to say to them. */
function attachedWhile({ attachments }: Pick<GatewayParts, 'attachments'>): ProbeCheck {
  const fault = 'the consensus service of this member is not attached';
  return { name: 'consensus', fault: () => (attachments.isAttached ? '' : fault) };
}
