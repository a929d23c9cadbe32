import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { takePort } from '#test/support/network/taken-port.ts';
import { checkBindable } from './bind-check.ts';

describe('checkBindable', () => {
  test('P2P-63 leaves an address free that it tried', async () => {
    await checkBindable('/ip4/127.0.0.1/tcp/0');
    const { port, release } = await takePort();
    release();
    for (let round = 0; round < 2; round++) await checkBindable(`/ip4/127.0.0.1/tcp/${port}`);
  });

  test('P2P-63 refuses a port that is taken, and says what to do', async (t) => {
    const { port, release } = await takePort();
    t.after(release);
    const address = `/ip4/127.0.0.1/tcp/${port}`;
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
