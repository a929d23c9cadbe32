import assert from 'node:assert/strict';
import { afterEach, describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { Libp2pNetwork } from '#services/gateway/adapters/libp2p-network.ts';
import { PENDING_OF_PEERS_MAX, UNKNOWN_CONNECTIONS_MAX } from '#services/gateway/core/connection-limits.ts';
import { GatewayNode, identityOf } from '#test/support/gateway/gateway-node.ts';
import { OPEN_DOOR } from '#test/support/gateway/open-door.ts';
import { until } from '#test/support/within.ts';
import { HalfOpen } from './half-open.ts';

const HALF_OPEN = 700;

/** How multistream-select begins: the first thing that an honest end says. */
const MULTISTREAM = Buffer.from('\x13/multistream/1.0.0\n');

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function start(name: string): Promise<GatewayNode> {
  const node = new GatewayNode(name);
  running.push(node);
  return node.start();
}

const portOf = ({ address }: GatewayNode): number => Number(address.split('/').at(-1));

/** Everything comes from 127.0.0.1: the attack, the member and the stranger. */
async function crowded(context: TestContext, attacked: GatewayNode, firstBytes: Uint8Array): Promise<void> {
  await using attack = new HalfOpen(portOf(attacked), HALF_OPEN, firstBytes);
  await until('the attack is on', () => attack.opened >= HALF_OPEN);
  const startMs = performance.now();
  const newcomer = await start('newcomer');
  newcomer.know([attacked]);
  await until('a newcomer is connected', () => newcomer.connectionsTo(attacked) === 1);
  await until('and is a guest', () => attacked.connectionsTo(newcomer) === 1);
  context.diagnostic(
    `${attack.open} half-open, newcomer after ${Math.round(performance.now() - startMs)} ms`,
  );
  assert.ok(attack.open > PENDING_OF_PEERS_MAX / 4, `only ${attack.open} half-open connections are left`);
}

describe('a gateway that is crowded by half-open connections', () => {
  test('F-03: of one address connects a newcomer from that very address while the attack lasts', async (context) => {
    const attacked = await start('attacked');
    assert.equal(attacked.parts.listener.isPeerHost('127.0.0.1'), false);
    await crowded(context, attacked, new Uint8Array(0));
    const crowds = attacked.log.lines.filter(({ message }) => message.startsWith('host opens too many'));
    assert.deepEqual(
      crowds.map(({ level, fields }) => [level, fields['host']]),
      [['warn', '127.0.0.1']],
    );
  });

  test('F-03: which begin a handshake and go no further connects a newcomer too', async (context) => {
    await crowded(context, await start('attacked'), MULTISTREAM);
  });

  test('F-03: has a member of peers.yaml back that was killed, and frames flow', async (context) => {
    const [a, b] = [await start('a'), await start('b')];
    const atA = await a.attach([a, b]);
    a.know([b]);
    await until('b is known', () => a.parts.listener.isPeerHost('127.0.0.1'));
    await using attack = new HalfOpen(portOf(a), HALF_OPEN);
    await until('the attack is on', () => attack.opened >= HALF_OPEN);
    await b.stop();
    const startMs = performance.now();
    const again = await start('b');
    const atAgain = await again.attach([a, again]);
    again.know([a]);
    await until('b is back', () => atA.connected.has(again.key) && atAgain.connected.has(a.key));
    again.send([a], 'consensus', Uint8Array.of(7));
    await until('its frame', () => atA.frames.some(({ payload }) => payload[0] === 7));
    context.diagnostic(`${attack.open} half-open, back after ${Math.round(performance.now() - startMs)} ms`);
  });

  test('F-03: ends each that stays silent within seconds, before and after its first bytes', async () => {
    const attacked = await start('attacked');
    await using silent = new HalfOpen(portOf(attacked), 1);
    await using halfway = new HalfOpen(portOf(attacked), 1, MULTISTREAM);
    await until('both are opened again', () => silent.opened > 1 && halfway.opened > 1);
  });
});

describe('guests', () => {
  test('F-09: a newcomer takes the place of the stranger that was silent longest', async () => {
    const a = await start('a');
    const strangers: Libp2pNetwork[] = [];
    for (let index = 0; index <= UNKNOWN_CONNECTIONS_MAX; index++) {
      const stranger = await silentStranger(`stranger ${index}`);
      strangers.push(stranger);
      await dial(stranger, a);
      // All but the second talk: the second is the one that was silent longest when the last one comes.
      for (const [place, each] of strangers.entries()) {
        if (place !== 1) await each.openConnections()[0]?.ping();
      }
    }
    await until('one is gone', () => strangers.some((each) => each.openConnections().length === 0));
    assert.deepEqual(
      strangers.map((each) => each.openConnections().length),
      strangers.map((_, index) => (index === 1 ? 0 : 1)),
    );
    assert.equal(a.connectionsTo(), UNKNOWN_CONNECTIONS_MAX);
  });

  test('F-09: one identity has two places, of which the one that was silent longest goes', async () => {
    const a = await start('a');
    const other = await silentStranger('other');
    await dial(other, a);
    const greedy = await silentStranger('greedy');
    for (let count = 0; count < 4; count++) await dial(greedy, a);
    await until('two are left', () => greedy.openConnections().length === 2);
    assert.equal(other.openConnections().length, 1);
  });
});

async function silentStranger(name: string): Promise<Libp2pNetwork> {
  const network = await Libp2pNetwork.create({
    privateKey: identityOf(name).secretBytes(),
    listenAddresses: [],
    log: memoryLogger(),
  });
  running.push(network);
  await network.start({ onConnection: () => {}, onStream: () => {}, ...OPEN_DOOR });
  return network;
}

const dial = (from: Libp2pNetwork, to: GatewayNode): Promise<void> =>
  from.dial({ address: to.address, peerId: to.parts.network.peerId, signal: AbortSignal.timeout(120_000) });
