import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, test } from 'node:test';
import { clientPortLeft, clientPortProblem } from './client-port.ts';

async function program(): Promise<{ server: Server; address: string }> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the port of the client API', () => {
  test('is waited for while a program that ends still has it', async () => {
    const { server, address } = await program();
    assert.match(
      (await clientPortProblem(address)) ?? '',
      /^services\.client_address: .* is in use by another/,
    );
    const left = clientPortLeft(address, new AbortController().signal);
    server.close();
    await left;
    assert.equal(await clientPortProblem(address), undefined);
  });

  test('is refused by the name of its key when the program stays', async (t) => {
    const { server, address } = await program();
    t.after(() => server.close());
    await assert.rejects(clientPortLeft(address, new AbortController().signal), (error: Error) => {
      assert.ok(error.message.includes(`services.client_address: ${address} is in use`), error.message);
      assert.match(error.message, /choose another port in conf\.yaml$/);
      return true;
    });
  });

  test('is not waited for by somebody who was told to stop', async (t) => {
    const { server, address } = await program();
    t.after(() => server.close());
    const reason = new Error('Ctrl-C');
    await assert.rejects(clientPortLeft(address, AbortSignal.abort(reason)), reason);
  });
});
