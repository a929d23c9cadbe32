import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, test } from 'node:test';
import { connect, type SecureVersion } from 'node:tls';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { type Authority, createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { EchoServiceDefinition } from '#test/support/grpc/echo-service.ts';
import { type ClientTls, grpcClient } from './client.ts';
import type { CallContext } from './context.ts';
import { grpcServer, type ServerTls } from './server.ts';
import { bindService } from './service.ts';
import type { StrangerLimits } from './stranger-room.ts';

const authority = createAuthority('ours', 1);
const stranger = createAuthority('theirs', 1);

const identity = (by: Authority, commonName: string, usage: 'server' | 'client') => {
  const names = { dnsNames: ['localhost', commonName], ipAddresses: ['127.0.0.1'] };
  const { certificate, key } = issueCertificate(by, { commonName, ...names, usage, days: 1 });
  return { certificate: Buffer.from(certificate), key: Buffer.from(key) };
};
const ca = Buffer.from(authority.certificate);
const serverTls: ServerTls = {
  ...identity(authority, 'signer', 'server'),
  ca,
  requireClientCertificate: true,
};
const clientTls: ClientTls = { ...identity(authority, 'consensus', 'client'), ca };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(tls: ServerTls = serverTls, strangers?: StrangerLimits) {
  const log = memoryLogger();
  const contexts: CallContext[] = [];
  const handlers = {
    say: async (request: { text: string }, context: CallContext) => {
      contexts.push(context);
      return request;
    },
    count: async function* () {},
    talk: async function* () {},
  };
  const services = [bindService(EchoServiceDefinition, handlers, { log, statusByCode: {} })];
  const guard = strangers === undefined ? {} : { strangers };
  const server = grpcServer({
    address: '127.0.0.1:0',
    ...{ tls, services, log, ...guard, limits: { stopGraceMs: 50 } },
  });
  await server.start();
  closing.push(() => server.stop());
  return { contexts, address: server.boundAddress() };
}

function say(address: string, tls?: ClientTls) {
  const options = { address, deadlineMs: 120_000, ...(tls === undefined ? {} : { tls }) };
  const client = grpcClient(EchoServiceDefinition, options);
  closing.push(() => client.close());
  return client.say({ text: 'hello' });
}

const UNAVAILABLE = { name: 'RemoteError', message: /UNAVAILABLE|DEADLINE_EXCEEDED/ };

const STRANGERS: StrangerLimits = {
  ...{
    messageBytesMax: 1_000,
    connectionsMax: 10,
    idleMsMax: 60_000,
    requestMsMax: 60_000,
    arrivingMax: 100,
  },
  ...{ patienceMs: 60_000, answerMsMax: 60_000, untakenBytesMax: 1_000_000 },
};

describe('a server that asks for a certificate and demands none', () => {
  const asking: ServerTls = { ...serverTls, requireClientCertificate: false };

  test('F-34: knows a client by the key of its certificate, and one without by its address', async () => {
    const { contexts, address } = await serve(asking, STRANGERS);
    await say(address, clientTls);
    await say(address, clientTls);
    await say(address, { ...identity(authority, 'consensus', 'client'), ca });
    await say(address, { ca });
    const [first, second, other, nobody] = contexts.map(({ caller }) => caller);
    assert.equal(first?.kind, 'key');
    assert.deepEqual([second?.kind, second?.owner], [first?.kind, first?.owner], 'on another connection');
    assert.equal(other?.kind, 'key');
    assert.notEqual(other?.owner, first?.owner, 'another key of the same name');
    assert.deepEqual([nobody?.kind, nobody?.owner], ['address', '127.0.0.1']);
    assert.deepEqual(
      contexts.map(({ clientName }) => clientName),
      ['consensus', 'consensus', 'consensus', undefined],
    );
  });

  test('F-34: refuses a certificate of another authority with a code', async () => {
    const { contexts, address } = await serve(asking, STRANGERS);
    await assert.rejects(say(address, { ...identity(stranger, 'consensus', 'client'), ca }), {
      detail: {
        code: 'REMOTE_CALL_FAILED',
        method: 'btcfed.test.v1.EchoService/Say',
        status: 'UNAUTHENTICATED',
        errorCode: 'CLIENT_CERTIFICATE_UNTRUSTED',
      },
    });
    assert.equal(contexts.length, 0);
  });

  test('F-34: refuses a certificate that is for servers', async () => {
    const { address } = await serve(asking, STRANGERS);
    const refused = say(address, { ...identity(authority, 'consensus', 'server'), ca });
    await assert.rejects(refused, /UNAUTHENTICATED/);
  });

  test('asks for none without an authority', async () => {
    const { ca: _, ...plain } = asking;
    const { contexts, address } = await serve(plain, STRANGERS);
    await say(address, clientTls);
    assert.equal(contexts[0]?.caller.kind, 'address');
  });
});

describe('mutual TLS', () => {
  test('lets in a client of the same authority, and names it', async () => {
    const { contexts, address } = await serve();
    assert.deepEqual(await say(address, clientTls), { text: 'hello' });
    assert.equal(contexts[0]?.clientName, 'consensus');
  });

  test('TW-2.8.4: refuses a client without a certificate', async () => {
    const { contexts, address } = await serve();
    await assert.rejects(say(address, { ca }), UNAVAILABLE);
    assert.equal(contexts.length, 0);
  });

  test('refuses a client of another authority, also one of the same name', async () => {
    const { contexts, address } = await serve();
    await assert.rejects(say(address, { ...identity(stranger, 'consensus', 'client'), ca }), UNAVAILABLE);
    assert.equal(contexts.length, 0);
  });

  test('refuses a client that speaks plaintext', async () => {
    const { address } = await serve();
    await assert.rejects(say(address), UNAVAILABLE);
  });

  test('is refused by a client that trusts another authority, or dials another name', async () => {
    const { contexts, address } = await serve();
    await assert.rejects(say(address, { ...clientTls, ca: Buffer.from(stranger.certificate) }), UNAVAILABLE);
    await assert.rejects(say(address, { ...clientTls, serverName: 'gateway' }), UNAVAILABLE);
    assert.deepEqual(await say(address, { ...clientTls, serverName: 'signer' }), { text: 'hello' });
    assert.equal(contexts.length, 1);
  });

  test('asks for no certificate where none is required', async () => {
    const { certificate, key } = serverTls;
    const { contexts, address } = await serve({ certificate, key, requireClientCertificate: false });
    assert.deepEqual(await say(address, { ca }), { text: 'hello' });
    assert.equal(contexts[0]?.clientName, undefined);
  });

  for (const [maxVersion, isTaken] of [
    ['TLSv1.2', false],
    ['TLSv1.3', true],
  ] as const) {
    test(`${isTaken ? 'takes' : 'refuses'} ${maxVersion}`, async () => {
      const { address } = await serve();
      assert.equal(await handshake(address, maxVersion), isTaken ? 'TLSv1.3' : 'refused');
    });
  }
});

async function handshake(address: string, maxVersion: SecureVersion): Promise<string | null> {
  const { certificate: cert, key } = clientTls;
  const port = Number(address.split(':')[1]);
  const socket = connect({ port, host: '127.0.0.1', ca, cert, key, maxVersion, ALPNProtocols: ['h2'] });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } catch {
    return 'refused';
  } finally {
    socket.destroy();
  }
}

describe('bad certificates', () => {
  const start = (tls: ServerTls) =>
    grpcServer({ address: '127.0.0.1:0', tls, services: [], log: memoryLogger() }).start();

  test('refuses a key that does not belong to the certificate', async () => {
    const other = identity(authority, 'signer', 'server');
    await assert.rejects(start({ ...serverTls, key: other.key }), { name: 'ListenError' });
  });

  test('refuses text that is no PEM', async () => {
    const certificate = Buffer.from('nonsense');
    await assert.rejects(start({ ...serverTls, certificate }), { name: 'ListenError' });
  });

  test('refuses to require client certificates without an authority', async () => {
    const { certificate, key } = serverTls;
    await assert.rejects(start({ certificate, key, requireClientCertificate: true }), /no authority/);
  });
});
