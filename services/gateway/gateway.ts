import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { Attachments } from './attachments.ts';
import { BootstrapLog } from './bootstrap-log.ts';
import { DIAL_HEAD_START_MS } from './core/limits.ts';
import { followConfiguration, startingPoint } from './follow-configuration.ts';
import { PeerRegistry } from './peer-registry.ts';
import type { ConfigurationSource, GatewayConfiguration, PeerNetwork, PeerSignals } from './ports.ts';

/** What of a running gateway is served to consensus and operators. */
export interface GatewayParts {
  readonly network: PeerNetwork;
  readonly registry: PeerRegistry;
  readonly attachments: Attachments;
}

export interface GatewayOptions {
  readonly source: ConfigurationSource;
  /** Makes the network once identity and addresses are known. */
  readonly openNetwork: (privateKey: Uint8Array, listenAddresses: readonly string[]) => Promise<PeerNetwork>;
  /** libp2p peer id of a raw public key. */
  readonly peerIdOf: (publicKey: Uint8Array) => string;
  readonly signals: PeerSignals;
  /** Numbers from 0 up to but without 1, for jitter. */
  readonly random: () => number;
  /** Only tests set it: 0 makes both sides dial at once. */
  readonly dialHeadStartMs?: number;
  readonly log: Logger;
  /** Serves GatewayService; started when an address is listened on. */
  readonly serve: (parts: GatewayParts) => Lifecycle;
}

/** The gateway's life: configuration, network, peers, service; then whatever the configuration becomes. */
export class Gateway implements Lifecycle {
  readonly #options: GatewayOptions;
  readonly #stopping = new AbortController();
  /** Started parts, each with what stops it. */
  readonly #stops: (() => Promise<void>)[] = [];
  #listenAddresses = '';
  #stopped: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { source, log, openNetwork } = this.#options;
    this.#stops.push(async () => source.close());
    try {
      const { privateKey, configuration } = await startingPoint(source, {
        signal: this.#stopping.signal,
        log,
      });
      const network = await openNetwork(privateKey, configuration.listenAddresses);
      await this.#run(network, configuration);
    } catch (cause) {
      await this.stop();
      throw cause;
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #run(network: PeerNetwork, configuration: GatewayConfiguration): Promise<void> {
    const { log, serve } = this.#options;
    const bootstrap = new BootstrapLog(log, network.peerId);
    const parts = this.#partsOf(network, bootstrap);
    const server = serve(parts);
    await network.start(parts.registry);
    this.#stops.push(() => network.stop());
    this.#stops.push(() => parts.registry.stop());
    this.#stops.push(async () => bootstrap.stop());
    bootstrap.started(network.listenAddresses(), configuration.peers.length);

    this.#listenAddresses = configuration.listenAddresses.join(', ');
    await parts.registry.apply(configuration);
    await server.start();
    this.#stops.push(() => server.stop());
    void this.#follow(parts.registry);
  }

  #partsOf(network: PeerNetwork, bootstrap: BootstrapLog): GatewayParts {
    const { peerIdOf, signals, random, log, dialHeadStartMs = DIAL_HEAD_START_MS } = this.#options;
    const attachments: Attachments = new Attachments((peer, each) => registry.resume(peer, each));
    const registry: PeerRegistry = new PeerRegistry({
      network,
      peerIdOf,
      random,
      dialHeadStartMs,
      log,
      signals: {
        connected: (peer) => {
          bootstrap.connected(registry.connectedCount);
          signals.connected(peer);
        },
        disconnected: (peer) => signals.disconnected(peer),
      },
      onFrame: (delivery) => attachments.receive(delivery),
      onPeerChange: (key, connected) => attachments.peerChanged(key, connected),
    });
    return { network, registry, attachments };
  }

  async #follow(registry: PeerRegistry): Promise<void> {
    const { source, log } = this.#options;
    const surroundings = { signal: this.#stopping.signal, log };
    await followConfiguration(source, surroundings, async (configuration) => {
      const addresses = configuration.listenAddresses.join(', ');
      if (addresses !== this.#listenAddresses) {
        this.#listenAddresses = addresses;
        log.warn('network.addresses changed, the change needs a restart of the gateway', { addresses });
      }
      await registry.apply(configuration);
    });
  }

  async #stopAll(): Promise<void> {
    this.#options.log.info('Shutting down...');
    this.#stopping.abort();
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        this.#options.log.error('Error stopping network manager', error);
      }
    }
    this.#options.log.info('Shutdown complete');
  }
}
