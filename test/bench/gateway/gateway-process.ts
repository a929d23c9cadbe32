import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type GrpcClient, grpcClient } from '#libs/grpc/client.ts';
import type { PeerEntry } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { GatewayServiceDefinition } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { ServiceProcess } from '#services/launcher/adapters/service-process.ts';
import { nodeFlags } from '#services/launcher/core/node-flags.ts';
import { identityOf } from '#test/support/gateway/gateway-node.ts';
import { until } from '#test/support/within.ts';
import { ConfigInMemory } from './config-in-memory.ts';

const MAIN = new URL('../../../services/gateway/main.ts', import.meta.url).pathname;
const STOP_MS = 10_000;

export type Client = GrpcClient<typeof GatewayServiceDefinition>;

export interface GatewayProcessOptions {
  readonly name: string;
  readonly folder: string;
  /** Flags of Node for the process, beside those of production. */
  readonly flags: readonly string[];
}

/** A gateway as its own process, as production runs it, with a config service of this process. */
export class GatewayProcess {
  readonly key: Uint8Array;
  readonly client: Client;
  readonly pid: number;
  readonly home: string;
  readonly metricsSocket: string;
  readonly #process: ServiceProcess;
  readonly #config: ConfigInMemory;

  private constructor(parts: {
    readonly name: string;
    readonly home: string;
    readonly address: string;
    readonly metricsSocket: string;
    readonly process: ServiceProcess;
    readonly config: ConfigInMemory;
  }) {
    this.key = identityOf(parts.name).publicKey;
    this.client = grpcClient(GatewayServiceDefinition, { address: parts.address });
    if (parts.process.pid === undefined) throw new Error(`the gateway ${parts.name} did not start`);
    this.pid = parts.process.pid;
    this.home = parts.home;
    this.metricsSocket = parts.metricsSocket;
    this.#process = parts.process;
    this.#config = parts.config;
  }

  static async start({ name, folder, flags }: GatewayProcessOptions): Promise<GatewayProcess> {
    const home = join(folder, name);
    mkdirSync(home);
    const config = await ConfigInMemory.start(name, `unix:${join(home, 'config.sock')}`);
    const address = `unix:${join(home, 'gateway.sock')}`;
    const metricsSocket = join(home, 'metrics.sock');
    const errorFile = join(home, 'stderr');
    const child = ServiceProcess.start({
      command: process.execPath,
      args: [...nodeFlags('gateway'), ...flags, MAIN],
      cwd: home,
      env: {
        GATEWAY_LISTEN: address,
        GATEWAY_CONFIG_ADDRESS: config.address,
        GATEWAY_METRICS_LISTEN: `unix:${metricsSocket}`,
        GATEWAY_LOG_LEVEL: 'warn',
      },
      output: errorFile,
      errorFile,
      tether: 'channel',
    });
    return new GatewayProcess({ name, home, address, metricsSocket, process: child, config });
  }

  /** Waits until it listens. @returns its entry in the peers of others. */
  async entry(): Promise<PeerEntry> {
    let addresses: readonly string[] = [];
    await until('a gateway that listens', async () => {
      const answer = await this.client.getGateway({}).catch(() => undefined);
      addresses = answer?.listenAddresses ?? [];
      return addresses.length > 0;
    });
    const bare = addresses.map((each) => each.replace(/\/p2p\/.*/, ''));
    return { publicKey: this.key, addresses: bare, lastSeenS: 0n, learned: false };
  }

  know(peers: readonly PeerEntry[]): void {
    this.#config.change(peers);
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.#process.stop(STOP_MS);
    await this.#config.stop();
  }
}
