import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type GrpcClient, grpcClient, RemoteError } from '#libs/grpc/client.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { type MemoryLogger, memoryLogger } from '#libs/log/memory-logger.ts';
import {
  ConfigServiceDefinition,
  type Configuration,
  type ParticipateResponse,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import {
  type AttachRequest,
  type AttachResponse,
  ConnectionState,
  GatewayServiceDefinition,
  type Peer,
  TrafficClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { peerIdOf } from '#libs/settings/keys.ts';
import { composeGateway } from '#services/gateway/compose.ts';
import { CHAIN_TAG, identityOf } from '#test/support/gateway/gateway-node.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { until } from '#test/support/within.ts';

/** Well above the second or two of silence of an idle peer that is well, so that a test need not wait long. */
const DELINQUENT_MS = 4_000n;

type Client = GrpcClient<typeof GatewayServiceDefinition>;

let folder = '';
const stops: (() => unknown)[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-'));
});

after(() => rm(folder, { recursive: true }));

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

interface TestConfig {
  readonly address: string;
  change(peers: Configuration['peers']): void;
  stop(): Promise<void>;
}

/** A config service over gRPC that gives one configuration, and tells a gateway that takes part of other peers. */
async function startConfig(name: string): Promise<TestConfig> {
  const address = `unix:${join(folder, `${name}-config.sock`)}`;
  let configuration: Configuration = {
    generation: 1n,
    networkAddresses: ['/ip4/127.0.0.1/tcp/0'],
    connectionTimeoutMs: 2_000n,
    exchangeIntervalMs: 30_000n,
    delinquentTimeoutMs: DELINQUENT_MS,
    logging: undefined,
    peers: [],
    rejectedPeers: [],
  };
  let changed = Promise.withResolvers<void>();
  const handlers = {
    getConfiguration: async () => ({ configuration }),
    getIdentity: async () => ({ privateKey: identityOf(name).secretBytes() }),
    async *participate(): AsyncGenerator<ParticipateResponse> {
      let told = configuration;
      yield { stepId: 1n, step: { $case: 'inForce', value: told } };
      for (let stepId = 2n; ; stepId++) {
        while (told === configuration) await changed.promise;
        told = configuration;
        yield { stepId, step: { $case: 'peers', value: { peers: configuration.peers } } };
      }
    },
    ...UNUSED_CONFIG_RPCS,
  };
  const log = memoryLogger();
  const service = bindService(ConfigServiceDefinition, handlers, { log, statusByCode: {} });
  const server = grpcServer({ address, services: [service], log });
  await server.start();
  stops.push(() => server.stop());
  return {
    address,
    stop: () => server.stop(),
    change: (peers) => {
      configuration = { ...configuration, generation: configuration.generation + 1n, peers };
      changed.resolve();
      changed = Promise.withResolvers();
    },
  };
}

/** The rest of the config service, which no gateway here asks for. */
const UNUSED_CONFIG_RPCS = {
  watchConfiguration: () => assert.fail('not here'),
  reload: () => assert.fail('not here'),
  getStatus: () => assert.fail('not here'),
  updatePeers: () => assert.fail('not here'),
  getPeer: () => assert.fail('not here'),
};

interface Node {
  /** The folder with its sockets, as the home of a member has them. */
  readonly home: string;
  readonly key: Uint8Array;
  readonly client: Client;
  readonly config: TestConfig;
  readonly service: Lifecycle;
  readonly log: MemoryLogger;
}

async function startNode(name: string): Promise<Node> {
  const config = await startConfig(name);
  const home = join(folder, name);
  await mkdir(join(home, 'run'), { recursive: true });
  // A folder without it is no home to the command line.
  await writeFile(join(home, 'conf.yaml'), '');
  const address = `unix:${join(home, 'run', 'gateway.sock')}`;
  const settings = {
    GATEWAY_LISTEN: address,
    GATEWAY_CONFIG_ADDRESS: config.address,
    GATEWAY_NETWORK: 'local',
    GATEWAY_MEMBER: name,
  };
  const log = memoryLogger();
  const service = await composeGateway(settings, log);
  await service.start();
  stops.push(() => service.stop());
  const client = grpcClient(GatewayServiceDefinition, { address });
  stops.push(() => client.close());
  return { home, key: identityOf(name).publicKey, client, config, service, log };
}

/** The messages that an attached consensus got. */
class Attached {
  readonly connected = new Set<string>();
  readonly frames: { from: Uint8Array; trafficClass: TrafficClass; payload: Uint8Array }[] = [];
  readonly call: ReturnType<Client['attach']>;
  failure: unknown;

  constructor(client: Client, hello: AttachRequest) {
    this.call = client.attach();
    this.call.send(hello);
    void this.#run();
  }

  send(to: readonly Uint8Array[], trafficClass: TrafficClass, payload: Uint8Array): void {
    const value = { to: [...to], trafficClass, payload, traceparent: '' };
    this.call.send({ body: { $case: 'send', value } });
  }

  async #run(): Promise<void> {
    try {
      for await (const response of this.call.responses) this.#take(response);
    } catch (error) {
      this.failure = error;
    }
  }

  #take({ body }: AttachResponse): void {
    if (body?.$case === 'received') this.frames.push(body.value);
    else if (body?.value.connected === true) this.connected.add(toHex(body.value.publicKey));
    else if (body !== undefined) this.connected.delete(toHex(body.value.publicKey));
  }
}

const helloOf = (members: readonly Uint8Array[], chainTag = CHAIN_TAG): AttachRequest => ({
  body: { $case: 'hello', value: { chainTag, memberPublicKeys: [...members], memberNames: [] } },
});

/** Starts nodes that all know each other. */
async function startFederation(names: readonly string[]): Promise<Node[]> {
  const nodes = await Promise.all(names.map(startNode));
  await introduce(nodes);
  return nodes;
}

async function introduce(nodes: readonly Node[]): Promise<void> {
  const peers = await Promise.all(
    nodes.map(async ({ client, key }) => {
      const { listenAddresses } = await client.getGateway({});
      return {
        publicKey: key,
        addresses: listenAddresses.map((address) => address.replace(/\/p2p\/.*/, '')),
        lastSeenS: 0n,
        learned: false,
      };
    }),
  );
  for (const { config } of nodes) config.change(peers);
}

async function peerAt({ client }: Node, { key }: Node): Promise<Peer> {
  const { peers } = await client.listPeers({});
  return peers.find(({ publicKey }) => equalBytes(publicKey, key)) ?? assert.fail('no such peer');
}

async function attachAll(nodes: readonly Node[]): Promise<Attached[]> {
  const hello = helloOf(nodes.map(({ key }) => key));
  const attached = nodes.map(({ client }) => new Attached(client, hello));
  await until('a full mesh', () => attached.every(({ connected }) => connected.size === nodes.length - 1));
  return attached;
}

const AWAY = 'config service is away, the last configuration stays in force';

const saidOf = ({ log }: Node): readonly string[] => log.lines.map(({ message }) => message);

function statusOf(error: unknown): string {
  return error instanceof RemoteError ? error.detail.status : String(error);
}

describe('the gateway service', () => {
  test('carries frames between consensus services of every class, up to 10 MB', async () => {
    const nodes = await startFederation(['a', 'b', 'c', 'd']);
    const attached = await attachAll(nodes);
    const [a, ...others] = attached as [Attached, ...Attached[]];
    const payload = Buffer.alloc(10_000_000, 'btcfed');
    a.send([], TrafficClass.CONSENSUS, payload);
    a.send([nodes[1]?.key ?? payload], TrafficClass.SYNC, payload);
    a.send([nodes[2]?.key ?? payload], TrafficClass.TRANSACTION, Buffer.from('one transaction'));
    await until('all frames', () => others.map(({ frames }) => frames.length).join() === '2,2,1');
    assert.ok(others.every(({ frames }) => equalBytes(frames[0]?.payload ?? new Uint8Array(0), payload)));
    assert.deepEqual(
      others.map(({ frames }) => frames.map(({ trafficClass }) => trafficClass)),
      [
        [TrafficClass.CONSENSUS, TrafficClass.SYNC],
        [TrafficClass.CONSENSUS, TrafficClass.TRANSACTION],
        [TrafficClass.CONSENSUS],
      ],
    );
    assert.ok(others.every(({ frames }) => equalBytes(frames[0]?.from ?? payload, nodes[0]?.key ?? payload)));
  });

  test('lists peers with their state and itself with its addresses', async () => {
    const nodes = await startFederation(['a', 'b', 'c']);
    await attachAll(nodes);
    const [a, b, c] = nodes as [Node, Node, Node];
    const { peers } = await a.client.listPeers({});
    assert.deepEqual(
      peers.map(({ publicKey, state, failures }) => ({ key: toHex(publicKey), state, failures })),
      [b, c].map(({ key }) => ({ key: toHex(key), state: ConnectionState.CONNECTED, failures: 0 })),
    );
    const self = await a.client.getGateway({});
    assert.equal(self.connectedPeers, 2);
    assert.equal(self.droppedFrames, 0n);
    assert.equal(toHex(self.publicKey), toHex(a.key));
    assert.match(self.listenAddresses[0] ?? '', new RegExp(`^/ip4/127.0.0.1/tcp/\\d+/p2p/${self.peerId}$`));
  });

  test('TW-2.9.6: shows of each peer whether it is connected, as the network has it', async () => {
    const nodes = await startFederation(['a', 'b', 'c']);
    const attached = await attachAll(nodes);
    const [a, b, c] = nodes as [Node, Node, Node];
    const stateOf = async ({ key }: Node): Promise<ConnectionState | undefined> =>
      (await a.client.listPeers({})).peers.find(({ publicKey }) => equalBytes(publicKey, key))?.state;
    assert.equal(await stateOf(c), ConnectionState.CONNECTED);
    await c.service.stop();
    await until('that c is gone', () => attached[0]?.connected.has(toHex(c.key)) === false);
    assert.notEqual(await stateOf(c), ConnectionState.CONNECTED);
    assert.deepEqual(
      [await stateOf(b), (await a.client.getGateway({})).connectedPeers],
      [ConnectionState.CONNECTED, 1],
    );
  });

  test('TW-2.1.7: lists id, key and address of each peer, which agree, and each of the three finds it', async () => {
    const nodes = await startFederation(['a', 'b', 'c']);
    await attachAll(nodes);
    const [a, ...others] = nodes as [Node, ...Node[]];
    for (const other of others) {
      const self = await other.client.getGateway({});
      const peer = await peerAt(a, other);
      assert.deepEqual([peer.peerId, peerIdOf(peer.publicKey)], [self.peerId, self.peerId]);
      assert.deepEqual(
        peer.addresses.map((address) => `${address}/p2p/${peer.peerId}`),
        self.listenAddresses,
      );
      const names = [peer.peerId, encodeBase64(other.key), toHex(other.key), ...peer.addresses];
      for (const name of [...names, ...self.listenAddresses]) {
        const { code, out } = await runCommandLine('peers', 'show', name, '--home', a.home, '--json');
        const found = JSON.parse(out).peers.map(({ peerId }: { peerId: string }) => peerId);
        assert.deepEqual([code, found], [0, [peer.peerId]], name);
      }
    }
    const own = (await a.client.getGateway({})).peerId;
    assert.equal((await runCommandLine('peers', 'show', own, '--home', a.home)).code, 2);
  });

  test('TW-2.1.3 TW-2.2.5 TW-2.2.9: marks a peer that is away, counts what it misses, and forgets both when it is back', async () => {
    const nodes = await startFederation(['a', 'b', 'c']);
    const [atA] = (await attachAll(nodes)) as [Attached];
    const [a, b, c] = nodes as [Node, Node, Node];
    await c.service.stop();
    await until('that c is gone', () => !atA.connected.has(toHex(c.key)));
    assert.equal((await peerAt(a, c)).delinquent, false, 'not yet');
    const before = (await peerAt(a, c)).unsentFrames;
    for (let count = 0; count < 20; count++) atA.send([], TrafficClass.CONSENSUS, Uint8Array.of(count));
    await until('the counter of c', async () => (await peerAt(a, c)).unsentFrames === before + 20n);
    await until('that c is delinquent', async () => (await peerAt(a, c)).delinquent);
    const [away, well] = [await peerAt(a, c), await peerAt(a, b)];
    assert.ok(away.silentMs > DELINQUENT_MS && away.unsentFramesSinceHeard >= 20n);
    assert.deepEqual(
      [well.delinquent, well.unsentFrames, well.state],
      [false, 0n, ConnectionState.CONNECTED],
    );
    assert.match(
      (await runCommandLine('peers', 'list', '--home', a.home)).out,
      /^2 peers: 1 connected, 1 delinquent$/m,
    );
    await c.config.stop();
    const back = await startNode('c');
    await introduce([a, b, back]);
    await until('that c is back', async () => !(await peerAt(a, c)).delinquent);
    const again = await peerAt(a, c);
    assert.deepEqual([again.unsentFramesSinceHeard, again.unsentFrames >= before + 20n], [0n, true]);
  });

  test('ends the older of two attachments and tells the newer who is connected', async () => {
    const nodes = await startFederation(['a', 'b']);
    const [older] = (await attachAll(nodes)) as [Attached];
    const newer = new Attached((nodes[0] as Node).client, helloOf(nodes.map(({ key }) => key)));
    await until('the end of the older', () => older.failure !== undefined);
    assert.equal(statusOf(older.failure), 'FAILED_PRECONDITION');
    assert.match(String(older.failure), /another consensus service attached/);
    await until('the peers', () => newer.connected.size === 1);
  });

  test('keeps connections while consensus is away and gives what came last to the next one', async () => {
    const nodes = await startFederation(['a', 'b']);
    const [a, b] = nodes as [Node, Node];
    const [atA, atB] = (await attachAll(nodes)) as [Attached, Attached];
    atB.call.cancel();
    for (let index = 0; index < 100; index++) atA.send([b.key], TrafficClass.CONSENSUS, Uint8Array.of(index));
    const dropped = async (): Promise<number> => Number((await b.client.getGateway({})).droppedFrames);
    await until('dropped frames', async () => (await dropped()) >= 60);
    const next = new Attached(b.client, helloOf([a.key, b.key]));
    await until('the newest frames', () => next.frames.at(-1)?.payload[0] === 99);
    assert.ok(next.frames.length <= 40);
    assert.deepEqual([...next.connected], [toHex(a.key)]);
    assert.equal((await a.client.getGateway({})).connectedPeers, 1);
  });

  test('refuses an attachment that does not begin with a proper hello', async () => {
    const node = await startNode('a');
    const frame = { to: [], trafficClass: TrafficClass.SYNC, payload: new Uint8Array(1), traceparent: '' };
    const bad: AttachRequest[] = [
      { body: { $case: 'send', value: frame } },
      { body: undefined },
      helloOf([node.key], new Uint8Array(7)),
      helloOf([new Uint8Array(31)]),
      helloOf(Array.from({ length: 513 }, () => node.key)),
    ];
    for (const request of bad) {
      const attached = new Attached(node.client, request);
      await until('the refusal', () => attached.failure !== undefined);
      assert.equal(statusOf(attached.failure), 'INVALID_ARGUMENT');
    }
  });

  test('drops and counts what consensus must not send, and goes on', async () => {
    const nodes = await startFederation(['a', 'b']);
    const [a, b] = nodes as [Node, Node];
    const [atA, atB] = (await attachAll(nodes)) as [Attached, Attached];
    atA.send([b.key], TrafficClass.TRANSACTION, new Uint8Array(4 * 1024 * 1024 + 1));
    atA.send([b.key], TrafficClass.UNSPECIFIED, new Uint8Array(1));
    atA.send([new Uint8Array(5)], TrafficClass.CONSENSUS, new Uint8Array(1));
    atA.send([b.key], TrafficClass.CONSENSUS, Uint8Array.of(7));
    await until('the good frame', () => atB.frames.length === 1);
    assert.equal(atB.frames[0]?.payload[0], 7);
    assert.equal((await a.client.getGateway({})).droppedFrames, 3n);
  });

  test('runs on while its config service is away, says so once, and takes over what it missed', async () => {
    const node = await startNode('a');
    await node.config.stop();
    await until('the line of it', () => saidOf(node).includes(AWAY));
    const again = await startConfig('a');
    again.change([{ publicKey: identityOf('b').publicKey, addresses: [], lastSeenS: 0n, learned: true }]);
    await until('the config service', () => saidOf(node).includes('config service is back'));
    await until('the peer', async () => (await node.client.listPeers({})).peers.length === 1);
    assert.equal(saidOf(node).filter((message) => message === AWAY).length, 1);
  });

  test('cannot start without a config service and says which one it waited for', async () => {
    const { startingPoint } = await import('#services/gateway/starting-point.ts');
    const { ConfigurationClient } = await import('#services/gateway/adapters/configuration-client.ts');
    const address = `unix:${join(folder, 'nobody.sock')}`;
    const source = new ConfigurationClient(address);
    stops.push(() => source.close());
    const { signal } = new AbortController();
    await assert.rejects(startingPoint(source, { signal, log: memoryLogger(), waitMs: 300 }), {
      message: new RegExp(`^the config service at ${address} did not answer within 0.3 s`),
      detail: { code: 'GATEWAY_CONFIG_AWAY', address },
    });
  });
});
