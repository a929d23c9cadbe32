import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { PreparedReload, Reloadable } from '#libs/service/reloadable.ts';
import { assembleGateway } from './assemble-gateway.ts';
import { GatewayError } from './core/errors.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { openListening } from './open-listening.ts';
import type { ConfiguredPeer, GatewayConfiguration } from './ports/configuration.ts';
import { SettingsInForce } from './settings-in-force.ts';
import { startingPoint } from './starting-point.ts';

/** The gateway's life: configuration, network, peers, service; then other configurations as they come. */
export class Gateway implements Lifecycle, Reloadable<GatewayConfiguration> {
  readonly #options: GatewayOptions;
  readonly #stopping = new AbortController();
  /** The functions that stop the parts that were started. */
  readonly #stops: (() => Promise<void>)[] = [];
  #settings: SettingsInForce | undefined;
  #started = false;
  #hasConfiguration = false;
  #hasNetwork = false;
  #stopped: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** @throws GatewayError GATEWAY_STARTED the second time; else the error that made the start fail. */
  async start(): Promise<void> {
    if (this.#started) throw new GatewayError('the gateway was started before', { code: 'GATEWAY_STARTED' });
    this.#started = true;
    const { source, log } = this.#options;
    this.#stops.push(async () => source.close());
    try {
      const surroundings = { signal: this.#stopping.signal, log };
      const { privateKey, configuration } = await startingPoint(source, surroundings);
      await this.#run(privateKey, configuration);
    } catch (cause) {
      this.#tellFailure(cause);
      await this.stop();
      throw cause;
    }
  }

  /** Takes part in reloads for the gateway; only while it runs. */
  prepare(next: GatewayConfiguration): Promise<PreparedReload> {
    return this.#running().prepare(next);
  }

  /** Takes over peers that came into force between reloads; only while it runs. */
  takePeers(peers: readonly ConfiguredPeer[]): Promise<void> {
    return this.#running().takePeers(peers);
  }

  /** Closes every connection. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #run(privateKey: Uint8Array, configuration: GatewayConfiguration): Promise<void> {
    const { openNetwork, serve, watchInterfaces, listenRetryMs, cryptographyOf } = this.#options;
    const cryptography = cryptographyOf(privateKey);
    const { listenAddresses, peers } = configuration;
    this.#hasConfiguration = true;
    const { network, parts } = await openListening({
      ...this.#options,
      open: () => openNetwork(privateKey, listenAddresses),
      assemble: (opened) => assembleGateway(this.#options, opened, cryptography),
      signal: this.#stopping.signal,
      retryMs: listenRetryMs,
    });
    this.#hasNetwork = true;
    this.#stops.push(() => network.stop());
    this.#stops.push(() => parts.registry.stop());
    this.#stops.push(async () => parts.bootstrap.stop());
    parts.bootstrap.started(network.listenAddresses(), peers.length);
    await this.#begin(parts.lag);
    await this.#begin(parts.exchange);
    const settings = new SettingsInForce({ parts, configuration, log: this.#options.log });
    this.#settings = settings;
    await settings.begin();
    await this.#begin(watchInterfaces(() => onNetworkChange(parts)));
    await this.#begin(serve(parts));
  }

  /**
   * Logs in the words that operators know (test/requirements/texts.md 5.2); another line reports that the
   * service cannot start.
   */
  #tellFailure(cause: unknown): void {
    if (this.#stopping.signal.aborted || !this.#hasConfiguration) return;
    const { log } = this.#options;
    if (this.#hasNetwork) log.error('Failed to start network manager', cause);
    else log.error('Failed to create network manager', cause);
  }

  async #begin(part: Lifecycle): Promise<void> {
    await part.start();
    this.#stops.push(() => part.stop());
  }

  #running(): SettingsInForce {
    if (this.#settings === undefined) throw new Error('the gateway does not run yet');
    return this.#settings;
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

function onNetworkChange({ registry, exchange }: GatewayParts): void {
  registry.onNetworkChange();
  exchange.onNetworkChange();
}
