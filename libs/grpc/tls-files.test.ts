import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { type Authority, createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { EchoServiceDefinition } from '#test/support/grpc/echo-service.ts';
import { grpcClient } from './client.ts';
import { grpcServer } from './server.ts';
import { bindService } from './service.ts';
import { readTls, type TlsPaths, tlsRenewal } from './tls-files.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const authority = createAuthority('ours', 1);

function put(folder: string, by: Authority, commonName: string): TlsPaths {
  const request = {
    commonName,
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    usage: 'both',
    days: 1,
  } as const;
  const { certificate, key } = issueCertificate(by, request);
  const paths = {
    ca: join(folder, 'ca.pem'),
    certificate: join(folder, 'x.pem'),
    key: join(folder, 'x.key'),
  };
  for (const [path, text] of [
    [paths.ca, by.certificate],
    [paths.key, key],
    [paths.certificate, certificate],
  ] as const) {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  return paths;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'btcfed-tls-'));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A server whose certificate is renewed from its folder, and the number of renewals logged. */
async function renewingServer() {
  const home = folder();
  const paths = put(home, authority, 'first');
  const log = memoryLogger();
  const handlers = {
    say: async (request: { text: string }) => request,
    count: async function* () {},
    talk: async function* () {},
  };
  const services = [bindService(EchoServiceDefinition, handlers, { log, statusByCode: {} })];
  const tls = (material: ReturnType<typeof readTls>) => ({ ...material, requireClientCertificate: true });
  const server = grpcServer({ address: '127.0.0.1:0', tls: tls(readTls(paths)), services, log });
  const renewal = tlsRenewal(paths, (material) => server.renewTls(tls(material)), log);
  for (const part of [server, renewal]) {
    await part.start();
    closing.push(() => part.stop());
  }
  const said = (message: string) => log.lines.filter((line) => line.message === message).length;
  return { home, paths, address: server.boundAddress(), said };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 120_000; !isTrue(); ) {
    assert.ok(Date.now() < end, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The name in the certificate that the server shows to who connects now. */
async function nameShownAt(address: string, paths: TlsPaths): Promise<string> {
  const [host = '', port] = address.split(':');
  const { ca, certificate: cert, key } = readTls(paths);
  const socket = connect({ host, port: Number(port), ca, cert, key, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

describe('certificates that change while a server serves', () => {
  test('new connections see the new one, and a connection that is open goes on', async () => {
    const { home, paths, address, said } = await renewingServer();
    const client = grpcClient(EchoServiceDefinition, {
      address,
      tls: readTls(put(folder(), authority, 'client')),
    });
    closing.push(() => client.close());
    assert.equal((await client.say({ text: 'before' })).text, 'before');
    assert.equal(await nameShownAt(address, paths), 'first');
    put(home, authority, 'second');
    await until(() => said('certificate renewed') === 1);
    assert.equal(await nameShownAt(address, paths), 'second');
    assert.equal((await client.say({ text: 'after' })).text, 'after');
  });

  test('a client goes on with a renewed certificate of another authority', async () => {
    const { home, address, said } = await renewingServer();
    const client = grpcClient(EchoServiceDefinition, {
      address,
      tls: readTls(put(folder(), authority, 'client')),
    });
    closing.push(() => client.close());
    await client.say({ text: 'before' });
    const next = createAuthority('next', 1);
    put(home, next, 'second');
    await until(() => said('certificate renewed') === 1);
    client.renewTls(readTls(put(folder(), next, 'client')));
    assert.equal((await client.say({ text: 'after' })).text, 'after');
    const old = grpcClient(EchoServiceDefinition, {
      address,
      tls: readTls(put(folder(), authority, 'client')),
      deadlineMs: 20_000,
    });
    closing.push(() => old.close());
    await assert.rejects(old.say({ text: 'refused' }), { name: 'RemoteError' });
  });

  test('what cannot be used is said, and the old one stays until the files are good again', async () => {
    const { home, paths, address, said } = await renewingServer();
    const { key } = readTls(paths);
    writeFileSync(paths.key, 'nonsense');
    await until(() => said('certificate cannot be renewed, the old one stays') > 0);
    assert.equal(said('certificate renewed'), 0);
    writeFileSync(paths.key, key);
    assert.equal(await nameShownAt(address, paths), 'first');
    put(home, authority, 'third');
    await until(() => said('certificate renewed') === 1);
    assert.equal(await nameShownAt(address, paths), 'third');
  });
});
