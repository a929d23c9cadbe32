import type { Logger } from '#libs/log/logger.ts';
import type { PreparedReload, Reloadable } from '#libs/service/reloadable.ts';
import type { GatewayParts } from './gateway-parts.ts';
import type { ConfiguredPeer, GatewayConfiguration } from './ports/configuration.ts';

export interface SettingsOptions {
  readonly parts: Pick<GatewayParts, 'network' | 'registry' | 'exchange'>;
  /** The configuration that the network was opened with. */
  readonly configuration: GatewayConfiguration;
  readonly log: Logger;
}

/**
 * The configuration in force, and the two ways to another one. A reload is one step of the transaction over all
 * services (P2P-57): an unusable value is refused before anything changes, and connections stay open with either
 * outcome (P2P-56). Learned peers come between reloads, on the same stream, and are just adopted (P2P-67).
 */
export class SettingsInForce implements Reloadable<GatewayConfiguration> {
  readonly #options: SettingsOptions;
  #inForce: GatewayConfiguration;

  constructor(options: SettingsOptions) {
    this.#options = options;
    this.#inForce = options.configuration;
  }

  /** Applies the first configuration: the addresses are bound already. */
  begin(): Promise<void> {
    return this.#apply(this.#inForce);
  }

  takePeers(peers: readonly ConfiguredPeer[]): Promise<void> {
    return this.#apply({ ...this.#inForce, peers });
  }

  async prepare(next: GatewayConfiguration): Promise<PreparedReload> {
    const { network, exchange } = this.#options.parts;
    const before = this.#inForce.listenAddresses;
    const sockets = await network.relisten(before, next.listenAddresses);
    return {
      commit: async () => {
        await sockets.commit();
        await this.#apply(next);
        if (before.join() === next.listenAddresses.join()) return;
        const addresses = network.listenAddresses().join(', ');
        this.#options.log.info('LIBP2P HOST: Host listening on', { addresses });
        exchange.onNetworkChange();
      },
      rollBack: () => sockets.rollBack(),
    };
  }

  async #apply(configuration: GatewayConfiguration): Promise<void> {
    const { registry, exchange } = this.#options.parts;
    this.#inForce = configuration;
    exchange.setInterval(configuration.exchangeIntervalMs);
    await registry.apply(configuration);
  }
}
