import { toHex } from '#libs/bytes/hex.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { IdentityKey, peerIdOf } from '#libs/settings/keys.ts';
import { EXCHANGE_CODEC } from '#services/gateway/adapters/exchange-codec.ts';
import { Libp2pNetwork } from '#services/gateway/adapters/libp2p-network.ts';
import { recordCryptography } from '#services/gateway/adapters/record-cryptography.ts';
import { Gateway } from '#services/gateway/gateway.ts';
import type { GatewayParts } from '#services/gateway/gateway-parts.ts';
import { NameCache } from '#services/gateway/peers/name-cache.ts';
import type { ConfiguredPeer } from '#services/gateway/ports/configuration.ts';

const ANY_PORT = ['/ip4/127.0.0.1/tcp/0'];
const CHAIN_TAG = new Uint8Array(8).fill(7);
/** Longer than any measuring. */
const TIMEOUT_MS = 60_000;
const NOTHING = { start: async () => {}, stop: async () => {} };

/** A gateway of production in this process, without its gRPC server, its configuration in memory. */
export class MeasuredGateway {
  readonly #identity: IdentityKey;
  readonly #gateway: Gateway;
  #parts: GatewayParts | undefined;

  constructor(seed: number) {
    const identity = IdentityKey.fromSeed(new Uint8Array(32).fill(seed));
    const log = memoryLogger();
    this.#identity = identity;
    this.#gateway = new Gateway({
      source: {
        address: 'memory',
        identity: async () => identity.secretBytes(),
        configuration: async () => configurationOf([]),
        close: () => {},
      },
      openNetwork: (privateKey, listenAddresses) =>
        Libp2pNetwork.create({ privateKey, listenAddresses, log }),
      signals: { connected: () => {}, disconnected: () => {}, connectionFailed: () => {} },
      store: { keep: async () => {} },
      resolver: new NameCache({ lookUp: nameless, nowMs: () => performance.now(), log }),
      watchInterfaces: () => NOTHING,
      ...{ peerIdOf, codec: EXCHANGE_CODEC, cryptographyOf: recordCryptography },
      ...{ random: () => 0, log, dialHeadStartMs: 0, listenRetryMs: 0 },
      serve: (parts) => {
        this.#parts = parts;
        return NOTHING;
      },
    });
  }

  get key(): string {
    return toHex(this.#identity.publicKey);
  }

  start(): Promise<void> {
    return this.#gateway.start();
  }

  stop(): Promise<void> {
    return this.#gateway.stop();
  }

  /** Meets the other one, and hands on what comes from it. Resolves when they are connected. */
  async meet(other: MeasuredGateway, heard: () => void): Promise<void> {
    const { registry, attachments } = this.#running;
    const attachment = attachments.attach(registry.readyKeys);
    await registry.setChain({ tag: CHAIN_TAG, members: new Set([other.key]) });
    const addresses = other.#running.network.listenAddresses().map((each) => each.replace(/\/p2p\/.*/, ''));
    const peer = { publicKey: other.#identity.publicKey, addresses, learned: false };
    const { commit } = await this.#gateway.prepare(configurationOf([peer]));
    await commit();
    await new Promise<void>((connected) => {
      const listen = async (): Promise<void> => {
        for await (const event of attachment.events()) {
          if (event.kind === 'frame') heard();
          else if (event.connected) connected();
        }
      };
      // Ends with the gateway.
      void listen();
    });
  }

  send(to: MeasuredGateway, payload: Uint8Array): void {
    this.#running.registry.send([to.key], 'consensus', payload);
  }

  get #running(): GatewayParts {
    if (this.#parts === undefined) throw new Error('a gateway is measured while it runs');
    return this.#parts;
  }
}

async function nameless(name: string): Promise<never> {
  throw new Error(`no name is looked up while gateways are measured: ${name}`);
}

function configurationOf(peers: readonly ConfiguredPeer[]) {
  return {
    listenAddresses: ANY_PORT,
    connectionTimeoutMs: TIMEOUT_MS,
    exchangeIntervalMs: TIMEOUT_MS,
    delinquentTimeoutMs: TIMEOUT_MS,
    peers,
  };
}
