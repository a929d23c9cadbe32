import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { holdFreePorts, holdPorts } from './free-ports.ts';
import { claimPorts } from './port-claims.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-claim-'));
after(() => rmSync(base, { recursive: true, force: true }));

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

describe('holdFreePorts', () => {
  test('keeps different ports from everybody else until they are released', async () => {
    const held = await holdFreePorts(5);
    const [first = 0] = held.ports;
    assert.equal(new Set(held.ports).size, 5);
    assert.equal(await listens(first), false);
    await held.release();
    assert.equal(await listens(first), true);
  });

  test('are released although somebody is knocking', async () => {
    const held = await holdFreePorts(1);
    const guest = connect(held.ports[0] ?? 0, '127.0.0.1').on('error', () => undefined);
    await once(guest, 'connect');
    await held.release();
    await once(guest, 'close');
  });

  test('F-44: finds ports that follow each other, as the metrics of a member need them', async () => {
    const held = await holdFreePorts(21, 7);
    await held.release();
    assert.equal(new Set(held.ports).size, 21);
    for (const [at, port] of held.ports.entries()) {
      if (at % 7 !== 0) assert.equal(port, (held.ports[at - 1] ?? 0) + 1);
    }
  });

  test('F-44: leaves a run of ports alone of which one is in use, and lets go of the others', async (context) => {
    // Both searches begin at the same place.
    context.mock.method(Math, 'random', () => 0.4);
    const held = await holdFreePorts(7, 7);
    const [first = 0] = held.ports;
    await held.release();
    const middle = createServer();
    middle.listen({ port: first + 3, host: '127.0.0.1' });
    await once(middle, 'listening');
    await assert.rejects(holdPorts(held.ports), new RegExp(`port ${first + 3} cannot be used`));
    const other = await holdFreePorts(7, 7);
    assert.ok((other.ports[0] ?? 0) > first + 6);
    await other.release();
    middle.close();
  });

  test('takes no port that Linux gives to outgoing connections', async () => {
    const held = await holdFreePorts(3);
    await held.release();
    assert.ok(held.ports.every((port) => port >= 20_000 && port < 32_768));
  });
});

describe('holdPorts', () => {
  test('names the port that is in use and lets go of the others', async () => {
    const taken = await holdFreePorts(2);
    const [first = 0, second = 0] = taken.ports;
    const free = await holdFreePorts(1);
    await free.release();
    const [third = 0] = free.ports;
    await assert.rejects(holdPorts([third, first, second]), {
      message: `port ${first} cannot be used: it is in use; choose another --base-port`,
    });
    assert.equal(await listens(third), true);
    await taken.release();
  });

  test('refuses a port that does not exist', async () => {
    await assert.rejects(holdPorts([65_536]), /port 65536 cannot be used: there is no such port/);
  });
});

describe('claimPorts', () => {
  test('gives ports to one process at a time', () => {
    const folder = mkdtempSync(join(base, 'f-'));
    const claim = claimPorts(7_100, folder);
    assert.ok(claim !== undefined);
    assert.equal(claimPorts(7_100, folder), undefined);
    claim.release();
    claimPorts(7_100, folder)?.release();
  });

  test('takes the claim of a process that is gone', () => {
    const folder = mkdtempSync(join(base, 'f-'));
    const module = new URL('./port-claims.ts', import.meta.url).href;
    const script = `const { claimPorts } = await import('${module}');
      claimPorts(7100, '${folder}');
      process.kill(process.pid, 'SIGKILL');`;
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 300_000,
    });
    assert.equal(signal, 'SIGKILL');
    const claim = claimPorts(7_100, folder);
    assert.ok(claim !== undefined);
    claim.release();
  });
});
