import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { MultiaddrConnection, Upgrader } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  FIRST_BYTES_TIMEOUT_MS,
  HANDSHAKE_BURST_PER_HOST,
  INBOUND_HANDSHAKE_MS,
  PENDING_OF_STRANGERS_MAX,
} from '../core/connection-limits.ts';
import { InboundHandshakes } from './inbound-handshakes.ts';

/** A connection of which the rules see all that they need. */
class FakeConnection extends EventTarget {
  readonly remoteAddr;
  readonly unread: unknown[] = [];
  ending: string | undefined;

  constructor(host: string) {
    super();
    this.remoteAddr = multiaddr(`/ip4/${host}/tcp/1`);
  }

  say(data: string): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }

  unshift(data: unknown): void {
    this.unread.unshift(data);
  }

  abort({ message }: Error): void {
    this.ending ??= message;
    this.dispatchEvent(new Event('close'));
  }
}

const PEER = '10.0.0.1';
const STRANGER = '10.0.0.2';

/** An upgrader behind the rules, whose handshakes take until the connection ends. */
function rules(isBusy = false) {
  const begun: FakeConnection[] = [];
  const log = memoryLogger();
  const around = { isPeerHost: (host: string) => host === PEER, isBusy: () => isBusy };
  const inbound = new InboundHandshakes(around, log);
  const upgrader = {
    upgradeInbound: (connection: unknown) => {
      begun.push(connection as FakeConnection);
      return new Promise(() => {});
    },
  } as unknown as Upgrader;
  const guarded = inbound.around(upgrader);
  const open = (host: string): FakeConnection => {
    const connection = new FakeConnection(host);
    guarded
      .upgradeInbound(connection as unknown as MultiaddrConnection, {} as never)
      .catch((error: Error) => connection.abort(error));
    return connection;
  };
  return { inbound, open, begun, log };
}

describe('handshakes from outside', () => {
  test('F-03: of strangers, however many, leave those of the hosts of peers alone', async () => {
    const { open, inbound } = rules();
    const peer = open(PEER);
    const crowd = Array.from({ length: PENDING_OF_STRANGERS_MAX + 10 }, () => open(STRANGER));
    await turn();
    assert.equal(peer.ending, undefined);
    assert.deepEqual(
      crowd.map(({ ending }) => ending),
      crowd.map((_, index) => (index < 10 ? 'gives way to a newer connection' : undefined)),
    );
    assert.equal(inbound.pending, PENDING_OF_STRANGERS_MAX + 1);
  });

  test('F-03: begin with the first bytes, which are left to be read', async () => {
    const { open, begun } = rules();
    const connection = open(STRANGER);
    await turn();
    assert.deepEqual(begun, []);
    connection.say('hello');
    await turn();
    assert.deepEqual(begun, [connection]);
    assert.deepEqual(connection.unread, ['hello']);
  });

  test('F-03: are refused above the rate of their host, which silent ones do not use up', async () => {
    const { open, begun, log } = rules();
    for (let count = 0; count < 2 * HANDSHAKE_BURST_PER_HOST; count++)
      open(STRANGER).abort(new Error('gone'));
    for (let count = 0; count < HANDSHAKE_BURST_PER_HOST; count++) open(STRANGER).say('hello');
    await turn();
    assert.equal(begun.length, HANDSHAKE_BURST_PER_HOST);
    const surplus = Array.from({ length: 200 }, () => open(STRANGER));
    for (const each of surplus) each.say('hello');
    open(PEER).say('hello');
    await turn();
    assert.ok(surplus.some(({ ending }) => ending?.startsWith('host begins too many handshakes')));
    assert.equal(begun.at(-1)?.remoteAddr.toString(), `/ip4/${PEER}/tcp/1`);
    assert.ok(log.lines.some(({ message }) => message.startsWith('host begins too many handshakes')));
  });

  test('F-03: end when the other end stays silent, or does not come to an end', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { open, inbound } = rules();
    const [silent, slow] = [open(STRANGER), open(STRANGER)];
    slow.say('hello');
    await turn();
    context.mock.timers.tick(FIRST_BYTES_TIMEOUT_MS);
    await turn();
    assert.deepEqual([silent.ending, slow.ending], ['no first bytes in time', undefined]);
    context.mock.timers.tick(INBOUND_HANDSHAKE_MS - FIRST_BYTES_TIMEOUT_MS);
    assert.equal(slow.ending, 'handshake takes too long');
    assert.equal(inbound.pending, 1);
  });

  test('have more time while this process cannot keep up', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { open } = rules(true);
    const slow = open(STRANGER);
    slow.say('hello');
    await turn();
    context.mock.timers.tick(INBOUND_HANDSHAKE_MS);
    assert.equal(slow.ending, undefined);
  });
});
