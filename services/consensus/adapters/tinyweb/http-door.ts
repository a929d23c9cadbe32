import type { HttpMetrics } from '#libs/http/http-metrics.ts';
import { HttpsServer } from '#libs/http/https-server.ts';
import { ownCertificate } from '#libs/http/own-certificate.ts';
import type { HttpRoute } from '#libs/http/route.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { CertifiedKey } from '#libs/pki/pki.ts';
import type { Configuration, PeerEntry } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { Reloadable } from '#libs/service/reloadable.ts';
import { addressesOf, listenAddressOf, readHttpSettings } from './http-settings.ts';
import type { HttpPeers } from './peers/http-peers.ts';
import { TransportError } from './transport-error.ts';

export interface HttpDoorOptions {
  /** `unix:` address of the config service. */
  readonly configAddress: string;
  /** Name in the certificate, for people. */
  readonly member: string;
  readonly chainId: string;
  readonly peers: HttpPeers;
  /** Asked for when the member starts, once all its parts are made. */
  readonly routes: () => readonly HttpRoute[];
  readonly metrics: HttpMetrics;
  readonly log: Logger;
}

/** The servers of a member that others reach by HTTPS, one for each of network.addresses, and its certificate over the key that peers know. */
export class HttpDoor implements Lifecycle {
  readonly #options: HttpDoorOptions;
  readonly #stopping = new AbortController();
  #servers: readonly HttpsServer[] = [];
  #certificate: CertifiedKey | undefined;
  #networkAddresses = '';

  constructor(options: HttpDoorOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { configAddress, member, peers, log } = this.#options;
    const { seed, listen, addresses } = await readHttpSettings(configAddress, this.#stopping.signal);
    const certificate = ownCertificate(seed, member);
    this.#certificate = certificate;
    this.#networkAddresses = JSON.stringify(listen);
    const servers: HttpsServer[] = [];
    this.#servers = servers;
    for (const address of listen) {
      const server = this.#serverAt(address, certificate);
      servers.push(server);
      await server.start();
      log.info('members reach this one by https', { host: address.host, port: server.port });
    }
    peers.identify({ certificate, addresses });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const server of this.#servers) await server.stop();
  }

  /** Follows reloads: peers at once; where this member listens, with its next start. */
  get reloadable(): Reloadable<Configuration> {
    return {
      prepare: async ({ networkAddresses, peers }) => {
        this.#checkListening(networkAddresses);
        return { commit: () => this.takePeers(peers), rollBack: () => {} };
      },
    };
  }

  takePeers(peers: readonly PeerEntry[]): void {
    if (this.#certificate === undefined) return;
    this.#options.peers.identify({ certificate: this.#certificate, addresses: addressesOf(peers) });
  }

  #checkListening(networkAddresses: readonly string[]): void {
    if (JSON.stringify(networkAddresses.map(listenAddressOf)) === this.#networkAddresses) return;
    const cure = 'put the old ones back, reload, write the new ones, and start the member again';
    const message = `network.addresses: with transport http-json they are taken with the next start: ${cure}`;
    throw new TransportError(message, { code: 'TRANSPORT_ADDRESS' });
  }

  #serverAt(
    listen: { readonly host: string; readonly port: number },
    certificate: CertifiedKey,
  ): HttpsServer {
    const { chainId, log, metrics } = this.#options;
    const routes = this.#options.routes();
    return new HttpsServer({
      ...{ listen, certificate, routes, metrics },
      info: { title: `btcfed chain ${chainId}`, version: '1' },
      onFault: (error) => log.error('request of a caller could not be handled', error),
    });
  }
}
