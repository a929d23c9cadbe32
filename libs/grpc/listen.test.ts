import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { EchoServiceDefinition } from '#test/support/grpc/echo-service.ts';
import { parseAddress } from './address.ts';
import { grpcClient } from './client.ts';
import { grpcServer } from './server.ts';
import { bindService } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-grpc-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const freshPath = () => join(folder, `${count++}`, 'echo.sock');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function echo(address: string) {
  const log = memoryLogger();
  const handlers = {
    say: async (request: { text: string }) => request,
    count: async function* () {},
    talk: async function* () {},
  };
  const services = [bindService(EchoServiceDefinition, handlers, { log, statusByCode: {} })];
  const server = grpcServer({ address, services, log, limits: { stopGraceMs: 50 } });
  closing.push(() => server.stop());
  return server;
}

async function answers(address: string): Promise<boolean> {
  const client = grpcClient(EchoServiceDefinition, { address, deadlineMs: 120_000 });
  closing.push(() => client.close());
  return (await client.say({ text: 'a' })).text === 'a';
}

describe('unix socket', () => {
  test('serves in a folder that it makes for its owner alone, and leaves no file behind', async () => {
    const path = freshPath();
    const server = echo(`unix:${path}`);
    await server.start();
    assert.equal(server.boundAddress(), `unix:${path}`);
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
    assert.ok(await answers(`unix:${path}`));
    await server.stop();
    assert.equal(existsSync(path), false);
  });

  test('takes a relative path', async () => {
    const path = relative(process.cwd(), freshPath());
    await echo(`unix:${path}`).start();
    assert.ok(await answers(`unix:${path}`));
  });

  test('shuts others out of a folder of ours, and refuses one that is shared', async () => {
    const path = freshPath();
    mkdirSync(join(path, '..'));
    chmodSync(join(path, '..'), 0o755);
    await echo(`unix:${path}`).start();
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);

    const shared = freshPath();
    mkdirSync(join(shared, '..'));
    chmodSync(join(shared, '..'), 0o1777);
    const detail = { code: 'SOCKET_FOLDER_OPEN', address: `unix:${shared}` };
    await assert.rejects(echo(`unix:${shared}`).start(), { detail });
  });

  test('replaces the socket of a process that was killed', async () => {
    const path = freshPath();
    mkdirSync(join(path, '..'));
    const source = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const dead = spawn(process.execPath, ['--eval', source], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(dead.stdout, 'data');
    await assert.rejects(echo(`unix:${path}`).start(), {
      detail: { code: 'ADDRESS_IN_USE', address: `unix:${path}` },
    });
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    assert.ok(existsSync(path));
    await echo(`unix:${path}`).start();
    assert.ok(await answers(`unix:${path}`));
  });

  test('leaves alone what is not a socket', async () => {
    const path = freshPath();
    mkdirSync(join(path, '..'));
    writeFileSync(path, 'precious');
    await assert.rejects(echo(`unix:${path}`).start(), {
      detail: { code: 'ADDRESS_UNAVAILABLE', address: `unix:${path}` },
    });
    assert.ok(existsSync(path));
  });

  test('refuses a path that the kernel would cut', () => {
    const address = `unix:/tmp/${'x'.repeat(102)}`;
    assert.doesNotThrow(() => parseAddress(address));
    assert.throws(() => parseAddress(`${address}x`), /108 bytes, and Linux takes 107/);
    assert.throws(() => parseAddress(`unix:/tmp/${'é'.repeat(52)}`), { name: 'ListenError' });
  });
});

describe('tcp', () => {
  test('tells the port it was given', async () => {
    const server = echo('127.0.0.1:0');
    await server.start();
    assert.match(server.boundAddress(), /^127\.0\.0\.1:[1-9]\d*$/);
    assert.ok(await answers(server.boundAddress()));
  });

  test('refuses a port that is taken', async () => {
    const server = echo('127.0.0.1:0');
    await server.start();
    const address = server.boundAddress();
    await assert.rejects(echo(address).start(), { detail: { code: 'ADDRESS_IN_USE', address } });
  });

  for (const address of ['0.0.0.0:0', '[::]:0', '10.0.0.1:0', 'example.org:0', '127.example.org:0']) {
    test(`refuses plaintext on ${address}`, async () => {
      await assert.rejects(echo(address).start(), { detail: { code: 'TLS_REQUIRED', address } });
    });
  }

  for (const address of ['', 'localhost', ':80', 'a:b', '127.0.0.1:65536', '::1:80', 'http://a:1', 'unix:']) {
    test(`refuses ${JSON.stringify(address)}`, () => {
      assert.throws(() => parseAddress(address), { detail: { code: 'ADDRESS_INVALID', address } });
    });
  }
});
