import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  ConfigServiceDefinition,
  type Configuration,
  type ParticipateResponse,
  type PeerEntry,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import { identityOf } from '#test/support/gateway/gateway-node.ts';

/** A config service that gives one configuration, and tells its gateway of other peers. */
export class ConfigInMemory {
  readonly address: string;
  readonly #server;
  #configuration: Configuration = {
    generation: 1n,
    networkAddresses: ['/ip4/127.0.0.1/tcp/0'],
    connectionTimeoutMs: 30_000n,
    exchangeIntervalMs: 30_000n,
    delinquentTimeoutMs: 60_000n,
    logging: undefined,
    peers: [],
    rejectedPeers: [],
  };
  #changed = Promise.withResolvers<void>();

  private constructor(name: string, address: string) {
    this.address = address;
    const log = memoryLogger();
    const handlers = {
      getConfiguration: async () => ({ configuration: this.#configuration }),
      getIdentity: async () => ({ privateKey: identityOf(name).secretBytes() }),
      participate: () => this.#participate(),
      watchConfiguration: unused,
      reload: unused,
      getStatus: unused,
      updatePeers: unused,
      getPeer: unused,
    };
    const service = bindService(ConfigServiceDefinition, handlers, { log, statusByCode: {} });
    this.#server = grpcServer({ address, services: [service], log });
  }

  static async start(name: string, address: string): Promise<ConfigInMemory> {
    const config = new ConfigInMemory(name, address);
    await config.#server.start();
    return config;
  }

  change(peers: readonly PeerEntry[]): void {
    const generation = this.#configuration.generation + 1n;
    this.#configuration = { ...this.#configuration, generation, peers: [...peers] };
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async *#participate(): AsyncGenerator<ParticipateResponse> {
    let told = this.#configuration;
    yield { stepId: 1n, step: { $case: 'inForce', value: told } };
    for (let stepId = 2n; ; stepId++) {
      while (told === this.#configuration) await this.#changed.promise;
      told = this.#configuration;
      yield { stepId, step: { $case: 'peers', value: { peers: told.peers } } };
    }
  }
}

function unused(): never {
  throw new Error('no gateway asks for this');
}
