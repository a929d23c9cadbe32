import { toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { type MemoryLogger, memoryLogger } from '#libs/log/memory-logger.ts';
import { prng } from '#libs/random/prng.ts';
import type { PreparedReload } from '#libs/service/reloadable.ts';
import { IdentityKey, peerIdOf } from '#libs/settings/keys.ts';
import { EXCHANGE_CODEC } from '#services/gateway/adapters/exchange-codec.ts';
import { Libp2pNetwork } from '#services/gateway/adapters/libp2p-network.ts';
import { recordCryptography } from '#services/gateway/adapters/record-cryptography.ts';
import { DIAL_HEAD_START_MS } from '#services/gateway/core/connection-limits.ts';
import type { TrafficClass } from '#services/gateway/core/traffic-class.ts';
import type { KeptPeer, PeerStore } from '#services/gateway/exchange/ports.ts';
import type { Attachment } from '#services/gateway/frames/attachments.ts';
import type { FrameDelivery } from '#services/gateway/frames/rules/inbox.ts';
import { Gateway } from '#services/gateway/gateway.ts';
import type { GatewayParts } from '#services/gateway/gateway-parts.ts';
import { NameCache } from '#services/gateway/peers/name-cache.ts';
import type { ConfigurationSource, GatewayConfiguration } from '#services/gateway/ports/configuration.ts';
import type { LookUp } from '#services/gateway/ports/name-service.ts';

const EXCHANGE_INTERVAL_MS = 30_000;
const DELINQUENT_TIMEOUT_MS = 60_000;
/** All gateways of a test meet on one processor: handshakes take as long as they take. */
const CONNECTION_TIMEOUT_MS = 60_000;

export const CHAIN_TAG = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** A config service in memory: gives the last configuration, and tells participants of every change. */
export class MemorySource implements ConfigurationSource {
  readonly address = 'memory';
  readonly identityKey: IdentityKey;
  onChange: (configuration: GatewayConfiguration) => void = () => {};
  #configuration: GatewayConfiguration;

  constructor(identityKey: IdentityKey, configuration: GatewayConfiguration) {
    this.identityKey = identityKey;
    this.#configuration = configuration;
  }

  change(configuration: GatewayConfiguration): void {
    this.#configuration = configuration;
    this.onChange(configuration);
  }

  async identity(): Promise<Uint8Array> {
    return this.identityKey.secretBytes();
  }

  async configuration(): Promise<GatewayConfiguration> {
    return this.#configuration;
  }

  close(): void {
    this.onChange = () => {};
  }
}

/** The same key for the same name, in every run. */
export function identityOf(name: string): IdentityKey {
  return IdentityKey.fromSeed(sha256(Buffer.from(`gateway ${name}`)));
}

/** A consensus service in memory, attached to a gateway: keeps all messages that it gets. */
export class TestConsensus {
  readonly connected = new Set<string>();
  readonly frames: FrameDelivery[] = [];
  readonly #attachment: Attachment;
  /** It takes no event before this resolves: a slow consensus. */
  heldBy: Promise<void> = Promise.resolve();
  onFrame: (delivery: FrameDelivery) => void = () => {};
  endedBy: unknown;

  constructor(attachment: Attachment) {
    this.#attachment = attachment;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      for await (const event of this.#attachment.events()) {
        await this.heldBy;
        if (event.kind === 'frame') {
          this.frames.push(event.delivery);
          this.onFrame(event.delivery);
        } else if (event.connected) this.connected.add(event.key);
        else this.connected.delete(event.key);
      }
    } catch (error) {
      this.endedBy = error;
    }
  }
}

const ANY_PORT = ['/ip4/127.0.0.1/tcp/0'];

export interface GatewayNodeOptions {
  readonly listen?: readonly string[];
  readonly dialHeadStartMs?: number;
  readonly exchangeIntervalMs?: number;
  readonly connectionTimeoutMs?: number;
  /** The name service. */
  readonly lookUp?: LookUp;
}

const nameless: LookUp = async (name) => {
  throw new Error(`no such name: ${name}`);
};

/** A place for learned peers in memory. */
export class MemoryStore implements PeerStore {
  readonly peers = new Map<string, KeptPeer>();
  isAway = false;

  async keep(seen: readonly KeptPeer[], removedKeys: readonly Uint8Array[]): Promise<void> {
    if (this.isAway) throw new Error('the store is away');
    for (const peer of seen) this.peers.set(toHex(peer.publicKey), peer);
    for (const key of removedKeys) this.peers.delete(toHex(key));
  }
}

/** One real gateway on loopback, all but its gRPC server. */
export class GatewayNode implements AsyncDisposable {
  readonly name: string;
  readonly identity: IdentityKey;
  readonly key: string;
  readonly log: MemoryLogger = memoryLogger();
  readonly source: MemorySource;
  readonly signals: string[] = [];
  readonly kept = new MemoryStore();
  readonly #gateway: Gateway;
  readonly #timing: Pick<GatewayConfiguration, 'exchangeIntervalMs' | 'connectionTimeoutMs'>;
  #listen: readonly string[];
  #parts: GatewayParts | undefined;
  #network: Libp2pNetwork | undefined;

  constructor(name: string, options: GatewayNodeOptions = {}) {
    const { listen = ANY_PORT, dialHeadStartMs = DIAL_HEAD_START_MS, lookUp = nameless } = options;
    const { exchangeIntervalMs = EXCHANGE_INTERVAL_MS, connectionTimeoutMs = CONNECTION_TIMEOUT_MS } =
      options;
    this.name = name;
    this.identity = identityOf(name);
    this.key = toHex(this.identity.publicKey);
    this.#listen = listen;
    this.#timing = { exchangeIntervalMs, connectionTimeoutMs };
    this.source = new MemorySource(this.identity, { ...configurationOf([], listen), ...this.#timing });
    const random = prng(name);
    this.#gateway = new Gateway({
      source: this.source,
      openNetwork: async (privateKey, listenAddresses) => {
        this.#network = await Libp2pNetwork.create({ privateKey, listenAddresses, log: this.log });
        return this.#network;
      },
      peerIdOf,
      signals: {
        connected: ({ peerId }) => this.signals.push(`connected ${peerId}`),
        disconnected: ({ peerId }) => this.signals.push(`disconnected ${peerId}`),
        connectionFailed: ({ peerId }) => this.signals.push(`failed ${peerId}`),
      },
      store: this.kept,
      codec: EXCHANGE_CODEC,
      cryptographyOf: recordCryptography,
      resolver: new NameCache({ lookUp, nowMs: () => performance.now(), log: this.log }),
      watchInterfaces: () => ({ start: async () => {}, stop: async () => {} }),
      random: () => random.next(),
      log: this.log,
      dialHeadStartMs,
      listenRetryMs: 0,
      serve: (parts) => {
        this.#parts = parts;
        return { start: async () => {}, stop: async () => {} };
      },
    });
  }

  get parts(): GatewayParts {
    if (this.#parts === undefined) throw new Error('the gateway does not run');
    return this.#parts;
  }

  /** First address without the peer id. */
  get address(): string {
    return this.parts.network.listenAddresses()[0]?.replace(/\/p2p\/.*/, '') ?? '';
  }

  /** Open connections to `other`, or all. */
  connectionsTo(other?: GatewayNode): number {
    const all = this.#network?.openConnections() ?? [];
    return all.filter(({ peer }) => other === undefined || peer === other.key).length;
  }

  async start(): Promise<this> {
    await this.#gateway.start();
    this.source.onChange = (configuration) => void this.#takeOver(configuration);
    await this.#takeOver(await this.source.configuration());
    return this;
  }

  /** Keys of all peers that it has heard of, its own included. */
  get listed(): readonly string[] {
    return this.parts.exchange.listed().map(({ record }) => record.key);
  }

  /** Gives it these peers, with the addresses they have now. */
  know(peers: readonly GatewayNode[]): void {
    const known = peers.map((peer) => ({ peer, addresses: [peer.address] }));
    this.source.change({ ...configurationOf(known), ...this.#timing });
  }

  async attach(members: readonly GatewayNode[], tag: Uint8Array = CHAIN_TAG): Promise<TestConsensus> {
    const { attachments, registry } = this.parts;
    const consensus = new TestConsensus(attachments.attach(registry.readyKeys));
    await registry.setChain({ tag, members: new Set(members.map(({ key }) => key)) });
    return consensus;
  }

  /** Changes the configuration as a reload does. */
  async prepare(next: Partial<GatewayConfiguration>): Promise<PreparedReload> {
    const configuration = { ...configurationOf([]), ...this.#timing, ...next };
    const { commit, rollBack } = await this.#gateway.prepare(configuration);
    return {
      commit: () => {
        this.#listen = configuration.listenAddresses;
        return commit();
      },
      rollBack,
    };
  }

  send(to: readonly GatewayNode[], trafficClass: TrafficClass, payload: Uint8Array): void {
    this.parts.registry.send(
      to.map(({ key }) => key),
      trafficClass,
      payload,
    );
  }

  stop(): Promise<void> {
    return this.#gateway.stop();
  }

  /** Changes the configuration as on joining: all but the addresses to listen on, which only reloads change here. */
  async #takeOver(configuration: GatewayConfiguration): Promise<void> {
    const prepared = await this.#gateway.prepare({ ...configuration, listenAddresses: this.#listen });
    await prepared.commit();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

export interface KnownPeer {
  readonly peer: GatewayNode;
  readonly addresses: readonly string[];
}

export function configurationOf(
  peers: readonly KnownPeer[],
  listenAddresses: readonly string[] = ANY_PORT,
): GatewayConfiguration {
  return {
    listenAddresses,
    connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
    exchangeIntervalMs: EXCHANGE_INTERVAL_MS,
    delinquentTimeoutMs: DELINQUENT_TIMEOUT_MS,
    peers: peers.map(({ peer, addresses }) => ({
      publicKey: peer.identity.publicKey,
      addresses,
      learned: false,
    })),
  };
}
