import { grpcClient } from '#libs/grpc/client.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { KeptPeer, PeerStore } from '../exchange/ports.ts';
import type { ConfigurationSource, GatewayConfiguration } from '../ports/configuration.ts';
import { configurationFromWire } from './wire.ts';

const DEADLINE_MS = 5_000;

/** The config service over its Unix socket. */
export class ConfigurationClient implements ConfigurationSource, PeerStore {
  readonly address: string;
  readonly #client;

  constructor(address: string) {
    this.address = address;
    this.#client = grpcClient(ConfigServiceDefinition, { address, deadlineMs: DEADLINE_MS });
  }

  async identity(signal: AbortSignal): Promise<Uint8Array> {
    const { privateKey } = await this.#client.getIdentity({}, { signal });
    return privateKey.slice();
  }

  async configuration(signal: AbortSignal): Promise<GatewayConfiguration> {
    const { configuration } = await this.#client.getConfiguration({}, { signal });
    if (configuration === undefined) throw new Error('an answer without a configuration');
    return configurationFromWire(configuration);
  }

  async keep(seen: readonly KeptPeer[], removedKeys: readonly Uint8Array[]): Promise<void> {
    const entries = seen.map((peer) => ({
      publicKey: peer.publicKey,
      addresses: [...peer.addresses],
      lastSeenS: BigInt(peer.lastSeenS),
      learned: true,
    }));
    await this.#client.updatePeers({ seen: entries, removedPublicKeys: [...removedKeys] });
  }

  close(): void {
    this.#client.close();
  }
}
