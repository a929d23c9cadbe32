import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { checkBindable } from './bind-check.ts';

async function takenPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

describe('checkBindable', () => {
  test('P2P-63 leaves an address free that it tried', async () => {
    await checkBindable('/ip4/127.0.0.1/tcp/0');
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    probe.close();
    await once(probe, 'close');
    assert.ok(typeof address === 'object' && address !== null);
    for (let round = 0; round < 2; round++) await checkBindable(`/ip4/127.0.0.1/tcp/${address.port}`);
  });

  test('P2P-63 refuses a port that is taken, and says what to do', async (t) => {
    const address = `/ip4/127.0.0.1/tcp/${await takenPort(t)}`;
    await assert.rejects(checkBindable(address), {
      message: `network.addresses: cannot listen on ${address}: the port is in use: stop the other program, or take another port`,
      detail: { code: 'ADDRESS_UNUSABLE', address },
    });
  });

  for (const [address, reason] of [
    ['/ip4/203.0.113.7/tcp/0', /no interface of this machine has it/],
    ['/ip4/999.1.1.1/tcp/0', /no interface of this machine has it/],
    ['/ip4/127.0.0.1/tcp/70000', /the port is above 65535/],
    ['/dns4/localhost/tcp/1', /only \/ip4\/A\/tcp\/PORT and/],
    ['/ip4/127.0.0.1/udp/1/quic', /only \/ip4\/A\/tcp\/PORT and/],
  ] as const) {
    test(`P2P-63 refuses ${address}`, () => assert.rejects(checkBindable(address), reason));
  }
});
