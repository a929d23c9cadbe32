import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { isInTheWay, listeningIn, listeningSockets } from './listening-sockets.ts';
import type { SeenProcess } from './node-processes.ts';
import { areOne, stateOf } from './port-facts.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, state: string, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0 0 10 0`;

describe('the sockets of the kernel', () => {
  test('are read with address, port and number, and only those that listen', () => {
    const table = [HEAD, row('0100007F:1BBD', '0A', 77), row('0100007F:1BBD', '01', 78)].join('\n');
    assert.deepEqual(listeningIn(table), [{ address: Buffer.from([127, 0, 0, 1]), port: 7101, inode: '77' }]);
  });

  test('of IPv6 are read too, and an IPv4 address in one of them is that address', () => {
    const mapped = row('0000000000000000FFFF00000100007F:1BBD', '0A', 1);
    const loopback = row('00000000000000000000000001000000:1BBD', '0A', 2);
    const [first, second] = listeningIn([HEAD, mapped, loopback].join('\n'));
    assert.deepEqual(first?.address, Buffer.from([127, 0, 0, 1]));
    assert.equal(second?.address.toString('hex'), `${'0'.repeat(30)}01`);
  });

  test('are in the way of the same address, and each wildcard of all at its port', () => {
    const [own, all] = listeningIn(
      [HEAD, row('0100007F:1BBD', '0A', 1), row('00000000:1BBD', '0A', 2)].join('\n'),
    );
    assert.ok(own && all);
    const at = (host: string, port = 7101) => [
      isInTheWay(own, { host, port }),
      isInTheWay(all, { host, port }),
    ];
    assert.deepEqual(at('127.0.0.1'), [true, true]);
    assert.deepEqual(at('10.0.0.7'), [false, true]);
    assert.deepEqual(at('0.0.0.0'), [true, true]);
    assert.deepEqual(at('localhost'), [true, true], 'a name may mean any');
    assert.deepEqual(at('127.0.0.1', 7102), [false, false]);
  });

  test('of this machine have one that was just opened', { skip: process.platform !== 'linux' }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const found = listeningSockets().filter((each) =>
      isInTheWay(each, { host: '127.0.0.1', port: address.port }),
    );
    server.close();
    assert.equal(found.length, 1);
  });
});

describe('the state of a port', () => {
  const process = (pid: number, isOfNode: boolean, ...sockets: readonly string[]): SeenProcess => ({
    ...{ pid, name: `p${pid}`, isOfNode },
    sockets: new Set(sockets),
  });
  const own = process(7, true, '1', '2');
  const other = process(8, false, '3');
  const inTheWay = (...inodes: readonly string[]) => inodes.map((inode) => ({ inode }));
  const taken = (...inodes: readonly string[]) => stateOf('EADDRINUSE', inTheWay(...inodes), [own, other]);

  test('is free when it can be bound, whatever listens beside it', () => {
    assert.deepEqual(stateOf(undefined, inTheWay('3'), [other]), { kind: 'free' });
  });

  test("is the node's own when all that is in the way is the node's", () => {
    assert.deepEqual(taken('1'), { kind: 'own' });
    assert.deepEqual(taken('1', '2'), { kind: 'own' });
  });

  test('is taken by the process that has it, and by nobody known where it cannot be seen', () => {
    const holder = { pid: 8, name: 'p8' };
    assert.deepEqual(taken('3'), { kind: 'taken', holder });
    assert.deepEqual(taken('1', '3'), { kind: 'taken', holder });
    assert.deepEqual(taken('99'), { kind: 'taken' });
    assert.deepEqual(taken('1', '99'), { kind: 'taken' });
    assert.deepEqual(taken(), { kind: 'taken' });
  });

  test('is elsewhere when no interface has the address, nameless when no host has the name, and refused with the code for all else', () => {
    assert.deepEqual(stateOf('EADDRNOTAVAIL', [], []), { kind: 'elsewhere' });
    assert.deepEqual(stateOf('ENOTFOUND', [], []), { kind: 'nameless' });
    assert.deepEqual(stateOf('EACCES', [], []), { kind: 'refused', code: 'EACCES' });
  });

  test('of two services is one where they have a port and an address in common, or a wildcard', () => {
    const at = (host: string, port = 7101, ipv6Only = false) => ({ host, port, ipv6Only });
    assert.ok(areOne(at('127.0.0.1'), at('127.0.0.1')));
    assert.ok(areOne(at('127.0.0.1'), at('0.0.0.0')));
    assert.ok(!areOne(at('127.0.0.1'), at('127.0.0.2')));
    assert.ok(!areOne(at('127.0.0.1'), at('127.0.0.1', 7102)));
    assert.ok(
      !areOne(at('0.0.0.0', 9000, false), at('::', 9000, true)),
      'a gateway listens on both families',
    );
    assert.ok(!areOne(at('127.0.0.1', 0), at('127.0.0.1', 0)), 'any free port is one of its own');
  });
});
