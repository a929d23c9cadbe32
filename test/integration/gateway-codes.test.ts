import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { MemoryLogLine } from '#libs/log/memory-logger.ts';
import { FRAME_BYTES_MAX, PEER_BURST_BYTES, PEER_BURST_FRAMES } from '#services/gateway/core/limits.ts';
import { encodeFrame } from '#services/gateway/frames/rules/framing.ts';
import { encodeHello } from '#services/gateway/frames/rules/hello.ts';
import { FakeConnection } from '#test/support/gateway/fake-connection.ts';
import { FakeStream } from '#test/support/gateway/fake-stream.ts';
import { CHAIN_TAG, configurationOf, GatewayNode } from '#test/support/gateway/gateway-node.ts';
import { until } from '#test/support/within.ts';

const MIB = 1024 * 1024;
const running: GatewayNode[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function started(name: string): Promise<GatewayNode> {
  const node = new GatewayNode(name);
  running.push(node);
  return node.start();
}

/** Two gateways with a consensus each; frames can go from the second to the first. */
async function pair(): Promise<{ readonly listener: GatewayNode; readonly liar: GatewayNode }> {
  const nodes = [await started('listener'), await started('liar')] as const;
  const consensus = await Promise.all(nodes.map((node) => node.attach(nodes)));
  for (const node of nodes) node.know(nodes);
  await until('both are connected', () => consensus.every(({ connected }) => connected.size === 1));
  const [listener, liar] = nodes;
  return { listener, liar };
}

/** A gateway, and a peer of it whose streams are in memory. */
async function withPeerInMemory(): Promise<{
  readonly listener: GatewayNode;
  readonly stream: FakeStream;
  readonly peer: GatewayNode;
}> {
  const listener = await started('listener');
  const peer = new GatewayNode('liar');
  await listener.attach([listener, peer]);
  listener.source.change(configurationOf([{ peer, addresses: ['/ip4/127.0.0.1/tcp/1'] }]));
  await until('the peer is known', () => listener.parts.registry.peer(peer.key) !== undefined);
  const connection = new FakeConnection({
    id: 'in memory',
    peer: peer.key,
    direction: 'inbound',
    openedAtMs: 0,
  });
  const stream = new FakeStream();
  listener.parts.listener.onConnection(connection);
  listener.parts.listener.onStream(connection, 'consensus', stream);
  stream.receive(encodeFrame(encodeHello(CHAIN_TAG)));
  return { listener, stream, peer };
}

function codedLines({ log }: GatewayNode): readonly MemoryLogLine[] {
  return log.lines.filter(({ fields }) => fields['code'] !== undefined);
}

/** One line, with this code, of the liar. */
function assertSaid(listener: GatewayNode, code: string, liar: GatewayNode): void {
  const key = Buffer.from(liar.key, 'hex').toString('base64').slice(0, 20);
  const said = codedLines(listener).map(({ level, fields }) => [level, fields['code'], fields['peer_key']]);
  assert.deepEqual(said, [['warn', code, key]]);
}

describe('a gateway names by its code', () => {
  test('F-65: DOS_ATTACKER_BLOCKED a peer that consensus does not listen to', async () => {
    const { listener, liar } = await pair();
    listener.parts.registry.mute(liar.key, 1_000);
    assertSaid(listener, 'DOS_ATTACKER_BLOCKED', liar);
  });

  test('F-65: BANDWIDTH_THROTTLE a peer that sends more frames than it may', async () => {
    const { listener, liar } = await pair();
    // A slow machine takes longer to send more than is allowed in a second.
    for (let sent = 0; sent < 20 * PEER_BURST_FRAMES && codedLines(listener).length === 0; sent += 500) {
      for (let count = 0; count < 500; count++) liar.send([listener], 'consensus', Buffer.alloc(8));
      await new Promise(setImmediate);
    }
    await until('it is slowed down', () => codedLines(listener).length > 0);
    assertSaid(listener, 'BANDWIDTH_THROTTLE', liar);
  });

  test('F-65: BANDWIDTH_VIOLATION a peer that sends more bytes than it may: the stream is reset', async () => {
    const { listener, stream, peer } = await withPeerInMemory();
    stream.receive(new Uint8Array(PEER_BURST_BYTES + MIB));
    assert.equal(stream.resetReason, 'bytes above the rate limit');
    assertSaid(listener, 'BANDWIDTH_VIOLATION', peer);
  });

  test('F-65: OVERSIZED_PROPOSAL a peer that begins a frame larger than any proposal', async () => {
    const { listener, stream, peer } = await withPeerInMemory();
    const header = Buffer.alloc(4);
    header.writeUInt32BE(FRAME_BYTES_MAX.consensus + 1);
    stream.receive(header);
    assert.equal(stream.resetReason, 'consensus frame too large');
    assertSaid(listener, 'OVERSIZED_PROPOSAL', peer);
  });

  test('F-65: MEMORY_PRESSURE_DROP a peer whose transactions come faster than consensus takes them', async () => {
    const { listener, liar } = await pair();
    const { attachments, registry } = listener.parts;
    // A consensus that takes nothing.
    attachments.attach(registry.readyKeys);
    await until('some are dropped', () => {
      liar.send([listener], 'transaction', Buffer.alloc(MIB));
      return codedLines(listener).length > 0;
    });
    assertSaid(listener, 'MEMORY_PRESSURE_DROP', liar);
  });
});
