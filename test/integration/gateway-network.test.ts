import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { peerIdOf } from '#libs/settings/keys.ts';
import { Libp2pNetwork } from '#services/gateway/adapters/libp2p-network.ts';
import {
  FRAME_BYTES_MAX,
  MUTE_MS_MAX,
  PEER_BURST_FRAMES,
  PEER_FRAMES_PER_SECOND,
} from '#services/gateway/core/limits.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from '#services/gateway/core/traffic-class.ts';
import { encodeFrame } from '#services/gateway/frames/rules/framing.ts';
import { encodeHello } from '#services/gateway/frames/rules/hello.ts';
import type { ByteStream, PeerConnection } from '#services/gateway/ports/peer-network.ts';
import {
  CHAIN_TAG,
  configurationOf,
  GatewayNode,
  type GatewayNodeOptions,
  identityOf,
  type TestConsensus,
} from '#test/support/gateway/gateway-node.ts';
import { OPEN_DOOR } from '#test/support/gateway/open-door.ts';
import { claimPortRegion, type PortRegion } from '#test/support/network/port-region.ts';
import { takePort } from '#test/support/network/taken-port.ts';
import { until, within } from '#test/support/within.ts';

/** Longest wait for a dial or a stream, which take milliseconds. */
const OPEN_MS_MAX = 60_000;

let region: PortRegion;
let ports = 0;
before(async () => {
  region = await claimPortRegion();
});
after(() => region.release());

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** For a gateway that goes and comes back: any other free port may be another program's by then. */
function ownAddress(): string {
  ports += 1;
  return `/ip4/127.0.0.1/tcp/${region.basePort + ports}`;
}

type OptionsOf = (name: string) => GatewayNodeOptions;

async function startNodes(
  names: readonly string[],
  optionsOf: OptionsOf = () => ({}),
): Promise<GatewayNode[]> {
  const nodes = names.map((name) => new GatewayNode(name, optionsOf(name)));
  running.push(...nodes);
  return Promise.all(nodes.map((node) => node.start()));
}

/** Starts gateways with a consensus each, who all know each other, and waits until frames can go everywhere. */
async function federation(
  names: readonly string[],
  optionsOf?: OptionsOf,
): Promise<{ nodes: GatewayNode[]; consensus: TestConsensus[] }> {
  const nodes = await startNodes(names, optionsOf);
  const consensus = await Promise.all(nodes.map((node) => node.attach(nodes)));
  for (const node of nodes) node.know(nodes);
  await until('a full mesh', () => consensus.every(({ connected }) => connected.size === nodes.length - 1));
  return { nodes, consensus };
}

/** A member with a key of its own that speaks libp2p but not our rules. */
async function startStranger(name: string, onStream: () => void = () => {}): Promise<Libp2pNetwork> {
  const network = await Libp2pNetwork.create({
    privateKey: identityOf(name).secretBytes(),
    listenAddresses: ['/ip4/127.0.0.1/tcp/0'],
    log: memoryLogger(),
  });
  running.push(network);
  await network.start({ onConnection: () => {}, onStream, ...OPEN_DOOR });
  return network;
}

async function connect(from: Libp2pNetwork, to: GatewayNode): Promise<PeerConnection> {
  const { peerId } = to.parts.network;
  await from.dial({ address: to.address, peerId, signal: AbortSignal.timeout(OPEN_MS_MAX) });
  const connection = from.openConnections().find(({ peer }) => peer === to.key);
  assert.ok(connection);
  return connection;
}

/** A stream with its hello said, and whether the other end has closed it. */
async function openStream(
  connection: PeerConnection,
  trafficClass: TrafficClass,
): Promise<{ stream: ByteStream; isClosed: () => boolean }> {
  const stream = await connection.openStream(trafficClass, AbortSignal.timeout(OPEN_MS_MAX));
  let closed = false;
  stream.onClosed(() => {
    closed = true;
  });
  stream.send(encodeFrame(encodeHello(CHAIN_TAG)));
  return { stream, isClosed: () => closed };
}

/** Other bytes for each seed, so that a frame that lost or doubled some of its own is not equal to any. */
function bytesOf(sizeBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let index = 0; index < sizeBytes; index++) bytes[index] = (index * 31 + seed) % 251;
  return bytes;
}

/** The signals of a gateway about its sessions with another one. */
function signalsOf(node: GatewayNode, other: GatewayNode): string[] {
  const peerId = peerIdOf(other.identity.publicKey);
  return node.signals.filter((signal) => signal.endsWith(peerId)).map((signal) => signal.split(' ')[0] ?? '');
}

function warnings(node: GatewayNode): string[] {
  return node.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
}

describe('gateways', () => {
  test('P2P-12 have exactly one connection per pair, also when both dial at once', async () => {
    for (const round of [1, 2, 3]) {
      const names = ['a', 'b', 'c', 'd'].map((name) => `${name}${round}`);
      const { nodes } = await federation(names, () => ({ dialHeadStartMs: 0 }));
      const counts = (): number[] =>
        nodes.flatMap((node) =>
          nodes.filter((other) => other !== node).map((other) => node.connectionsTo(other)),
        );
      await until('one connection per pair', () => counts().every((count) => count === 1));
      assert.deepEqual(
        nodes.map((node) => node.parts.registry.connectedCount),
        [3, 3, 3, 3],
      );
    }
  });

  test('carry frames of every class and size intact, in order, to whom they are for', async () => {
    const { nodes, consensus } = await federation(['a', 'b', 'c']);
    const [a, b] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    const [, atB, atC] = consensus as [TestConsensus, TestConsensus, TestConsensus];
    const sizes = [0, 1, 65_507, 65_508, 300_000, 4_000_000, 10_000_000];
    for (const trafficClass of TRAFFIC_CLASSES) {
      const sent = sizes
        .filter((sizeBytes) => sizeBytes <= FRAME_BYTES_MAX[trafficClass])
        .map((sizeBytes, index) => bytesOf(sizeBytes, index));
      const got: Uint8Array[] = [];
      atB.onFrame = ({ payload }) => got.push(payload);
      for (const payload of sent) a.send([b], trafficClass, payload);
      await until(`${trafficClass} frames`, () => got.length === sent.length);
      assert.ok(sent.every((payload, index) => equalBytes(payload, got[index] ?? new Uint8Array(1))));
    }
    assert.deepEqual(atC.frames, []);
    assert.ok(atB.frames.every(({ peer }) => peer === a.key));
  });

  test('send to all members when no receiver is named, and count frames for those that are away', async () => {
    const { nodes, consensus } = await federation(['a', 'b', 'c']);
    const [a, b, c] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    a.send([], 'consensus', bytesOf(100, 1));
    await until('two copies', () => consensus.slice(1).every(({ frames }) => frames.length === 1));
    assert.equal(a.parts.registry.dropped, 0);
    await c.stop();
    await until('c is away', () => consensus[0]?.connected.size === 1);
    a.send([b, c], 'consensus', bytesOf(100, 1));
    assert.equal(a.parts.registry.dropped, 1);
  });

  test('P2P-16 connect again after one of them was killed and started anew', async () => {
    const address = ownAddress();
    const { nodes, consensus } = await federation(['a', 'b', 'c'], (name) =>
      name === 'c' ? { listen: [address] } : {},
    );
    const [a, b, c] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    await c.stop();
    await until('c is seen as gone', () =>
      consensus.slice(0, 2).every(({ connected }) => connected.size === 1),
    );
    await until('b is there all the same', () => {
      const states = a.parts.registry.views().map(({ state }) => state === 'connected');
      return states.join() === 'true,false';
    });

    const again = new GatewayNode('c', { listen: [address] });
    running.push(again);
    await again.start();
    const atC = await again.attach(nodes);
    await until('c is back', () => consensus.slice(0, 2).every(({ connected }) => connected.size === 2));
    await until('c sees both', () => atC.connected.size === 2);
    b.send([again], 'consensus', bytesOf(10, 1));
    await until('a frame', () => atC.frames.length === 1);
    // More than one of each where dials crossed on a busy machine, of which either end closed another one (P2P-12).
    const signals = signalsOf(a, c);
    assert.deepEqual([signals[0], signals.at(-1)], ['connected', 'connected']);
    assert.ok(signals.includes('disconnected'), 'it was told that c is gone');
  });

  test('P2P-22 survive a peer that comes and goes ten times', async () => {
    const address = ownAddress();
    const { nodes, consensus } = await federation(['a', 'b'], (name) =>
      name === 'b' ? { listen: [address] } : {},
    );
    const [a, b] = nodes as [GatewayNode, GatewayNode];
    const atA = consensus[0] as TestConsensus;
    let last = b;
    let atLast = consensus[1] as TestConsensus;
    for (let round = 0; round < 10; round++) {
      await last.stop();
      await until('b is gone', () => atA.connected.size === 0);
      last = new GatewayNode('b', { listen: [address] });
      running.push(last);
      await last.start();
      atLast = await last.attach(nodes);
      last.know([a]);
      await until('b is back', () => atA.connected.size === 1 && atLast.connected.size === 1);
    }
    assert.equal(a.connectionsTo(last), 1);
    assert.ok(signalsOf(a, b).filter((signal) => signal === 'disconnected').length >= 10);
    assert.equal(signalsOf(a, b).at(-1), 'connected');
    last.send([a], 'consensus', bytesOf(10, 1));
    await until('a frame', () => atA.frames.length === 1);
  });

  test('refuse a peer of another chain, say so once, and stay with the others', async () => {
    const nodes = await startNodes(['a', 'b', 'foreign']);
    const [a, b, foreign] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    const atA = await a.attach(nodes);
    const atB = await b.attach(nodes);
    const atForeign = await foreign.attach(nodes, new Uint8Array(8));
    for (const node of nodes) node.know(nodes);
    await until('a and b meet', () => atA.connected.size === 1 && atB.connected.size === 1);
    await until('the refusal', () =>
      a.parts.registry.views().some(({ lastError }) => /another chain/.test(lastError)),
    );
    assert.equal(atForeign.connected.size, 0);
    assert.equal(warnings(a).filter((text) => text === 'peer is refused: another chain').length, 1);
    const [, view] = a.parts.registry.views();
    assert.equal(view?.state, 'failed');
  });

  test('meet anew when their consensus services go over to another chain', async () => {
    const address = ownAddress();
    const { nodes, consensus } = await federation(['a', 'b'], (name) =>
      name === 'a' ? { listen: [address] } : {},
    );
    const [a, b] = nodes as [GatewayNode, GatewayNode];
    const tag = new Uint8Array(8).fill(9);
    const members = new Set(nodes.map(({ key }) => key));
    await a.parts.registry.setChain({ tag, members });
    await until('the parting', () => consensus.every(({ connected }) => connected.size === 0));
    await b.parts.registry.setChain({ tag, members });
    await b.parts.registry.setChain({ tag, members });
    // The one that still had the old chain refused the other, and dials it again after 30 s; a new start does at once.
    await a.stop();
    const again = new GatewayNode('a', { listen: [address] });
    running.push(again);
    await again.start();
    const atAgain = await again.attach(nodes, tag);
    again.know([b]);
    await until('the new meeting', () => atAgain.connected.size === 1 && consensus[1]?.connected.size === 1);
  });

  test('cut a member that the chain has no more', async () => {
    const { nodes, consensus } = await federation(['a', 'b', 'c']);
    const [a, b, c] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    await a.parts.registry.setChain({ tag: CHAIN_TAG, members: new Set([a.key, b.key]) });
    await until('c has lost a', () => consensus[2]?.connected.has(a.key) === false);
    const atA = consensus[0] as TestConsensus;
    assert.deepEqual(
      [atA.connected.has(b.key), atA.connected.has(c.key), a.connectionsTo(b)],
      [true, false, 1],
    );
  });

  test('reset a stream with an oversized frame and leave honest peers alone', async () => {
    const { nodes, consensus } = await federation(['a', 'b']);
    const [a, b] = nodes as [GatewayNode, GatewayNode];
    const evil = await startStranger('evil');
    a.source.change(configurationOf([{ peer: b, addresses: [b.address] }]));
    const evilKey = Buffer.from(evil.publicKey).toString('hex');
    await a.parts.registry.setChain({ tag: CHAIN_TAG, members: new Set([a.key, b.key, evilKey]) });

    const connection = await connect(evil, a);
    for (const trafficClass of TRAFFIC_CLASSES) {
      const { stream, isClosed } = await openStream(connection, trafficClass);
      const header = Buffer.alloc(4);
      header.writeUInt32BE(FRAME_BYTES_MAX[trafficClass] + 1);
      stream.send(header);
      await until('a reset', isClosed);
    }
    assert.equal(warnings(a).filter((text) => text === 'stream is reset: frame too large').length, 1);
    b.send([a], 'consensus', bytesOf(10, 1));
    await until('a frame of the honest peer', () => consensus[0]?.frames.length === 1);
    assert.deepEqual(warnings(b), []);
  });

  test('BYZ-15 read nothing of a muted peer for a while, and the others all the time', async () => {
    const { nodes, consensus } = await federation(['listener', 'liar', 'honest']);
    const [listener, liar, honest] = nodes;
    assert.ok(listener && liar && honest);
    const heard = (node: GatewayNode) => consensus[0]?.frames.filter(({ peer }) => peer === node.key).length;
    listener.parts.registry.mute(liar.key, MUTE_MS_MAX);
    for (let i = 0; i < 500; i++) liar.send([listener], 'consensus', Buffer.alloc(20_000, i));
    honest.send([listener], 'consensus', Buffer.from('honest'));
    await until('the honest peer is heard', () => heard(honest) === 1);
    assert.equal(heard(liar), 0);
    // The last request about a mute holds.
    listener.parts.registry.mute(liar.key, 1);
    await until('the liar is heard again', () => (heard(liar) ?? 0) > 0);
    assert.equal(listener.connectionsTo(liar), 1);
    liar.send([honest], 'consensus', Buffer.from('others hear it'));
    await until('others hear it', () => consensus[2]?.frames.length === 1);
  });

  test('BYZ-15 slow down a peer that sends too many frames, and lose none of them', async () => {
    const { nodes, consensus } = await federation(['listener', 'flooder']);
    const [listener, flooder] = nodes;
    assert.ok(listener && flooder && consensus[0]);
    const { frames } = consensus[0];
    let sent = 0;
    const flood = async (isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        for (let i = 0; i < 500; i++) flooder.send([listener], 'consensus', Buffer.alloc(8, i));
        sent += 500;
        await until('the batch is read', () => frames.length === sent);
      }
    };
    const { complaints } = listener.parts.registry;
    const isSlowed = () => complaints.has('peer sends too many frames, it is slowed down');
    // A slow machine takes longer to send more than is allowed. How slow it is from then on: peer-flow.test.ts.
    await flood(() => isSlowed() || sent > 10 * PEER_BURST_FRAMES);
    assert.ok(isSlowed());
    const count = sent + 2 * PEER_FRAMES_PER_SECOND;
    await flood(() => sent >= count);
    assert.deepEqual(
      frames.map(({ payload }) => payload[0]),
      Array.from({ length: sent }, (_, index) => (index % 500) % 256),
    );
    assert.equal(flooder.parts.registry.dropped, 0);
  });

  test('close the connection of a peer that breaks the rules again and again', async () => {
    const [a] = (await startNodes(['a'])) as [GatewayNode];
    const evil = await startStranger('evil');
    await a.parts.registry.setChain({
      tag: CHAIN_TAG,
      members: new Set([Buffer.from(evil.publicKey).toString('hex')]),
    });
    await a.attach([a]);
    await a.parts.registry.setChain({
      tag: CHAIN_TAG,
      members: new Set([Buffer.from(evil.publicKey).toString('hex')]),
    });
    const connection = await connect(evil, a);
    let closed = false;
    connection.onClosed(() => {
      closed = true;
    });
    for (let index = 0; index < 8 && !closed; index++) {
      const { stream, isClosed } = await openStream(connection, 'consensus');
      stream.send(Uint8Array.of(255, 255, 255, 255));
      await until('a reset', () => isClosed() || closed);
    }
    await until('the end of the connection', () => closed);
  });
});

describe('configured peers that are no members', () => {
  test('keep their connection and get no stream, which is said once', async () => {
    const nodes = await startNodes(['a', 'b', 'guest']);
    const [a, b, guest] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    const atA = await a.attach([a, b]);
    await b.attach([a, b]);
    const atGuest = await guest.attach(nodes);
    for (const node of nodes) node.know(nodes);
    const refusal = 'peer is not a member, its streams are refused';
    await until('b, and the refusal', () => atA.connected.size === 1 && warnings(a).includes(refusal));
    await until('the guest tries again', () => {
      const count = a.parts.registry.complaints.get(refusal) ?? 0;
      return count > 3;
    });
    assert.deepEqual(
      [a.connectionsTo(guest), atA.connected.has(guest.key), atGuest.connected.size],
      [1, false, 0],
    );
    assert.equal(warnings(a).filter((text) => text === refusal).length, 1);
  });
});

describe('unknown peers', () => {
  test('P2P-23 are accepted and logged, and get no stream', async () => {
    const [a] = (await startNodes(['a'])) as [GatewayNode];
    const atA = await a.attach([a]);
    const stranger = await startStranger('stranger');
    const connection = await connect(stranger, a);
    const { stream, isClosed } = await openStream(connection, 'consensus');
    stream.send(encodeFrame(bytesOf(10, 1)));
    await until('a reset', isClosed);
    assert.ok((await connection.ping()) > 0);
    assert.deepEqual(atA.frames, []);
    const lines = a.log.lines.filter(({ message }) => /unconfigured peer/.test(message));
    assert.deepEqual(
      lines.map(({ fields }) => fields['peer_id']),
      [stranger.peerId],
    );
  });

  test('that are dialled but speak no protocol of ours keep their session', async () => {
    const [a] = (await startNodes(['a'])) as [GatewayNode];
    const atA = await a.attach([a, new GatewayNode('plain')]);
    const { createLibp2p } = await import('libp2p');
    const { tcp } = await import('@libp2p/tcp');
    const { noise } = await import('@libp2p/noise');
    const { yamux } = await import('@libp2p/yamux');
    const { privateKeyFromRaw } = await import('@libp2p/crypto/keys');
    const plain = await createLibp2p({
      privateKey: privateKeyFromRaw(identityOf('plain').secretBytes()),
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    });
    running.push({ stop: async () => plain.stop() });
    const address = plain.getMultiaddrs()[0]?.toString() ?? '';
    a.source.change(configurationOf([{ peer: new GatewayNode('plain'), addresses: [address] }]));
    const said = (): boolean =>
      a.log.lines.some(({ message }) => /does not speak the protocols/.test(message));
    await until('the note', said);
    assert.equal(a.parts.registry.views()[0]?.state, 'connected');
    assert.equal(a.connectionsTo(), 1);
    assert.equal(atA.connected.size, 0);
  });
});

describe('a slow consensus', () => {
  test('holds up neither other gateways nor loses a frame of its own', async () => {
    const { nodes, consensus } = await federation(['a', 'b', 'c']);
    const [a, b, c] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    const [, atB, atC] = consensus as [TestConsensus, TestConsensus, TestConsensus];
    const gate = Promise.withResolvers<void>();
    atB.heldBy = gate.promise;
    const count = 400;
    for (let index = 0; index < count; index++) a.send([b], 'consensus', bytesOf(40_000, index));
    a.send([c], 'consensus', bytesOf(20_000, 1));
    await until('the frame to c', () => atC.frames.length === 1);
    assert.equal(atB.frames.length, 0);
    gate.resolve();
    await until('all frames to b', () => atB.frames.length === count);
    assert.equal(a.parts.registry.dropped, 0);
    assert.equal(b.parts.attachments.dropped, 0);
    assert.deepEqual(
      new Set(atB.frames.map(({ payload }, index) => equalBytes(payload, bytesOf(40_000, index)))),
      new Set([true]),
    );
  });
});

describe('a peer that does not read', () => {
  test('costs the oldest frames and one line, and gets new ones when it reads again', async () => {
    const { nodes, consensus } = await federation(['a', 'b']);
    const [a, b] = nodes as [GatewayNode, GatewayNode];
    const atB = consensus[1] as TestConsensus;
    const gate = Promise.withResolvers<void>();
    atB.heldBy = gate.promise;
    for (let index = 0; index < 12; index++) a.send([b], 'consensus', new Uint8Array(10_000_000).fill(index));
    const { dropped } = a.parts.registry;
    assert.ok(dropped >= 4 && dropped <= 6, `${dropped} of 12 frames of 10 MB were dropped`);
    assert.deepEqual(warnings(a), ['peer is slow, the oldest frames for it are dropped']);
    gate.resolve();
    await until('what was kept', () => atB.frames.length === 12 - dropped);
    assert.equal(atB.frames.at(-1)?.payload[0], 11);
  });
});

describe('a flood', () => {
  test('of transactions is overtaken by consensus', async () => {
    const { nodes, consensus } = await federation(['a', 'b']);
    const [a, b] = nodes as [GatewayNode, GatewayNode];
    const atB = consensus[1] as TestConsensus;
    let sent = 0;
    let seen = 0;
    let overtaken = 0;
    let arrived = Promise.withResolvers<void>();
    // Frames carry a number: of a transaction its own, of consensus the number of the last one sent before it.
    atB.onFrame = ({ trafficClass, payload }) => {
      const number = Buffer.from(payload).readUInt32BE(0);
      if (trafficClass === 'transaction') seen = number;
      else {
        if (seen < number) overtaken += 1;
        arrived.resolve();
      }
    };
    const numbered = (sizeBytes: number): Uint8Array => {
      const payload = Buffer.alloc(sizeBytes);
      payload.writeUInt32BE(sent);
      return payload;
    };
    const asks = 20;
    for (let ask = 0; ask < asks; ask++) {
      for (let index = 0; index < 400; index++) {
        sent += 1;
        a.send([b], 'transaction', numbered(250));
      }
      arrived = Promise.withResolvers<void>();
      a.send([b], 'consensus', numbered(20_000));
      await within('the consensus frame', arrived.promise);
    }
    assert.ok(overtaken > 0.9 * asks, `${overtaken} of ${asks} overtook the flood`);
    await until('the flood itself', () => seen > 1_000);
  });

  test('of bulk sync leaves room for consensus between its pieces', async () => {
    const { nodes, consensus } = await federation(['a', 'b']);
    const [a, b] = nodes as [GatewayNode, GatewayNode];
    const order: string[] = [];
    const atB = consensus[1] as TestConsensus;
    atB.onFrame = ({ trafficClass, payload }) => order.push(`${trafficClass} ${payload.length}`);
    for (let index = 0; index < 3; index++) a.send([b], 'sync', bytesOf(10_000_000, index));
    a.send([b], 'consensus', bytesOf(8_000, 1));
    await until('all four', () => order.length === 4);
    assert.equal(order[0], 'consensus 8000');
  });
});

describe('configuration', () => {
  test('adds and removes peers without touching other connections', async () => {
    const { nodes, consensus } = await federation(['a', 'b', 'c']);
    const [a, b, c] = nodes as [GatewayNode, GatewayNode, GatewayNode];
    const opened = (): number =>
      a.log.lines.filter(({ message }) => /Connection established/.test(message)).length;
    const openedBefore = opened();
    const [d] = (await startNodes(['d'])) as [GatewayNode];
    await a.parts.registry.setChain({ tag: CHAIN_TAG, members: new Set([a, b, d].map(({ key }) => key)) });
    await d.attach([a, d]);
    a.know([b, d]);
    d.know([a]);
    await until('b and d', () => {
      const at = consensus[0]?.connected;
      return at?.has(d.key) === true && at.has(b.key) && !at.has(c.key);
    });
    assert.equal(opened(), openedBefore + 1);
    assert.equal(a.connectionsTo(b), 1);
  });

  test('makes a peer of a guest that has been connected for long, and of a member that no file names', async () => {
    for (const way of ['peers.yaml', 'the genesis']) {
      const [a, b] = (await startNodes([`a of ${way}`, `b of ${way}`])) as [GatewayNode, GatewayNode];
      const atA = await a.attach([a]);
      const atB = await b.attach([a, b]);
      b.know([a]);
      await until('the guest', () => a.connectionsTo(b) === 1);
      await sleep(300);
      if (way === 'peers.yaml') a.know([b]);
      await a.parts.registry.setChain({ tag: CHAIN_TAG, members: new Set([a.key, b.key]) });
      await until(way, () => atA.connected.has(b.key) && atB.connected.has(a.key));
      await until('one connection', () => a.connectionsTo(b) === 1);
    }
  });

  test('P2P-06 with a dead first address leads to the second', async () => {
    const nodes = await startNodes(['a', 'b']);
    const [a, b] = nodes as [GatewayNode, GatewayNode];
    const atA = await a.attach(nodes);
    await b.attach(nodes);
    a.source.change(configurationOf([{ peer: b, addresses: ['/ip4/127.0.0.1/tcp/1', b.address] }]));
    await until('a connection', () => atA.connected.size === 1);
    assert.deepEqual(warnings(a), ['PeerHandler: Failed to connect to peer']);
  });

  test('P2P-25 without peers is standalone mode', async () => {
    const [a] = (await startNodes(['a'])) as [GatewayNode];
    const messages = a.log.lines.map(({ message }) => message);
    const standalone = messages.indexOf('NetworkManager: No peers configured - running in standalone mode');
    assert.ok(standalone >= 0 && messages.indexOf('Node started successfully') > standalone);
  });
});

describe('listening', () => {
  test('P2P-17 on a port in use fails with the address and the reason', async () => {
    const [a] = (await startNodes(['a'])) as [GatewayNode];
    const second = new GatewayNode('b', { listen: [a.address] });
    await assert.rejects(second.start(), {
      message: `cannot listen on ${a.address} (the port is in use)`,
      detail: { code: 'GATEWAY_LISTEN_FAILED', addresses: a.address, portInUse: true },
    });
    const errors = second.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
    assert.deepEqual(errors, ['Failed to create network manager']);
  });

  test('P2P-02 P2P-53 on nothing that a TCP socket can have fails, and names what was meant', async () => {
    for (const [address, reason] of [
      ['/ip4/127.0.0.1/udp/9000/quic', /only \/ip4\/A\/tcp\/PORT/],
      ['/dns4/localhost/tcp/0', /only \/ip4\/A\/tcp\/PORT/],
      ['/ip4/999.999.999.999/tcp/9000', /Invalid IPv4 address/],
      ['/ip4/127.0.0.1/tcp/99999', /65535/],
    ] as const) {
      const node = new GatewayNode('a', { listen: [address] });
      await assert.rejects(node.start(), (error: Error) => {
        assert.ok(error.message.startsWith(`cannot listen on ${address} (`), error.message);
        return reason.test(error.message);
      });
      assert.ok(node.log.lines.some(({ message }) => message === 'Failed to create network manager'));
      const both = new GatewayNode('b', { listen: [address, '/ip4/127.0.0.1/tcp/0'] });
      running.push(both);
      await both.start();
      assert.equal(both.parts.network.listenAddresses().length, 1);
      assert.deepEqual(warnings(both), ['some addresses cannot be listened on']);
    }
  });

  test('P2P-02 is on each of several addresses', async () => {
    const listen = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((host) => `/ip4/${host}/tcp/0`);
    const [a] = await startNodes(['a'], () => ({ listen }));
    const addresses = a?.parts.network.listenAddresses() ?? [];
    assert.equal(addresses.length, 3);
    for (const address of addresses) {
      const [, , host = '', , port = ''] = address.split('/');
      const socket = createConnection({ host, port: Number(port) });
      await within(`a connection to ${address}`, once(socket, 'connect'));
      socket.destroy();
    }
  });

  test('P2P-02 goes on when one of two addresses can be bound', async () => {
    const taken = await takePort();
    const [a] = await startNodes(['a'], () => ({
      listen: [`/ip4/127.0.0.1/tcp/${taken.port}`, '/ip4/127.0.0.1/tcp/0'],
    }));
    assert.ok(a);
    assert.deepEqual(warnings(a), ['some addresses cannot be listened on']);
    assert.equal(a.parts.network.listenAddresses().length, 1);
    taken.release();
  });
});
