import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { grpcServer } from '#libs/grpc/server.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { createAuthority } from '#libs/pki/pki.ts';
import { waitServing } from './health-probe.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-probe-'));
after(() => rmSync(base, { recursive: true, force: true }));

function socketTarget() {
  const address = `unix:${join(mkdtempSync(join(base, 'f-')), 'test.sock')}`;
  return { address };
}

const NEVER = new AbortController().signal;

describe('waitServing', () => {
  test('returns once the server serves, also when it starts to listen later', async () => {
    const target = socketTarget();
    const waiting = waitServing(target, NEVER);
    await sleep(120);
    const server = grpcServer({ address: target.address, services: [], log: memoryLogger() });
    await server.start();
    await waiting;
    await server.stop();
  });

  test('returns also when it took the server so long that many tries have failed', async () => {
    const target = socketTarget();
    const warnings: string[] = [];
    const heed = ({ name }: Error) => warnings.push(name);
    process.on('warning', heed);
    const waiting = waitServing(target, NEVER);
    await sleep(2_600);
    const server = grpcServer({ address: target.address, services: [], log: memoryLogger() });
    await server.start();
    await waiting;
    await server.stop();
    process.off('warning', heed);
    // A wait that is doubled without end becomes one of a millisecond.
    assert.deepEqual(warnings, []);
  });

  test('waits while the server listens and does not serve yet', async () => {
    const target = socketTarget();
    const server = grpcServer({ address: target.address, services: [], log: memoryLogger() });
    server.setServing('', false);
    await server.start();
    let serves = false;
    const waiting = waitServing(target, NEVER).then(() => {
      serves = true;
    });
    await sleep(150);
    assert.equal(serves, false);
    server.setServing('', true);
    await waiting;
    await server.stop();
  });

  test('gives a connection up that says nothing, for one that does', async () => {
    const { address } = socketTarget();
    const { certificate } = createAuthority('nobody', 1);
    const target = { address, tls: { ca: Buffer.from(certificate) } };
    const silent = createServer((guest) => guest.resume()).listen(address.slice('unix:'.length));
    await once(silent, 'listening');
    const controller = new AbortController();
    const waiting = waitServing(target, controller.signal);
    await once(silent, 'connection');
    await once(silent, 'connection');
    controller.abort(new Error('seen enough'));
    await assert.rejects(waiting, /seen enough/);
    // Ends only once every guest is gone: a connection that outlives its wait would hold the process.
    await new Promise((resolve) => silent.close(resolve));
  });

  test('gives up for the reason that it is given', async () => {
    const controller = new AbortController();
    const waiting = waitServing(socketTarget(), controller.signal);
    const reason = new Error('took too long');
    await sleep(20);
    controller.abort(reason);
    await assert.rejects(waiting);
  });
});
