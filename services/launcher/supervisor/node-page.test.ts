import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { type MetricsServer, metricsServer } from '#libs/metrics/metrics-server.ts';
import { PromMetrics } from '#libs/metrics/prom-metrics.ts';
import { Probes } from '#libs/service/probes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { memberPaths } from '../core/member-home.ts';
import { SERVICE_NAMES, type ServiceName } from '../core/service-names.ts';
import { NodePage } from './node-page.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A home with the page of its node; services are started by the test. */
async function stage(isOn = true) {
  const home = mkdtempSync(join(tmpdir(), 'btcfed-page-'));
  closing.push(() => rmSync(home, { recursive: true, force: true }));
  const region = await claimPortRegion();
  closing.push(() => region.release());
  const paths = memberPaths(home);
  mkdirSync(paths.runFolder);
  const address = `127.0.0.1:${region.basePort}`;
  const events: SupervisorEvent[] = [];
  const facts: LaunchFacts = {
    ...{ name: 'm0', chainId: 'main', hasChain: true, paths, clientTls: undefined, natsUrl: undefined },
    ...{ clientAddress: '127.0.0.1:1', signerAddress: '127.0.0.1:2' },
    metricsAddress: isOn ? address : undefined,
    log: {
      ...{ level: 'info', console: 'off', file: undefined },
      place: { folder: paths.logsFolder, terminal: 'none' },
    },
  };
  const page = new NodePage(facts, (event) => events.push(event));
  closing.push(() => page.stop());
  const get = (path: string, headers = {}) => fetch(`http://${address}${path}`, { headers });
  return { page, paths, address, events, get };
}

async function serve(service: ServiceName, path: string, fault = ''): Promise<MetricsServer> {
  const metrics = new PromMetrics({ service, member: 'm0', chain: 'main' });
  const probes = new Probes();
  probes.readyWhen({ name: 'well', fault: () => fault });
  probes.started();
  const server = metricsServer({ at: { path }, metrics, answer: (target) => probes.answer(target) });
  await server.start();
  closing.push(() => server.stop());
  return server;
}

describe('P2P-94 the page of a node', () => {
  test('P2P-94 has the metrics of all its services at one address, told apart by their label, on sockets for its user alone', async () => {
    const { page, paths, get } = await stage();
    for (const service of SERVICE_NAMES) await serve(service, paths.metricsSockets[service]);
    await page.start();
    const body = await (await get('/metrics')).text();
    for (const service of SERVICE_NAMES) {
      assert.match(
        body,
        new RegExp(`^process_start_time_seconds\\{service="${service}",member="m0",chain="main"\\} `, 'm'),
      );
      assert.match(
        body,
        new RegExp(`^btcfed_node_service_up_info\\{of_service="${service}",.*service="node".*\\} 1$`, 'm'),
      );
      assert.equal(statSync(paths.metricsSockets[service]).mode & 0o777, 0o600);
    }
    assert.equal(body.match(/^# TYPE process_start_time_seconds /gm)?.length, 1);
  });

  test('P2P-94 says which service is down, paused or stuck, in time, and shows the others', async () => {
    const { page, paths, get } = await stage();
    await serve('config', paths.metricsSockets.config);
    const stuck = createServer(() => {}).listen(paths.metricsSockets.gateway);
    closing.push(() => stuck.close());
    await page.start();
    const body = await (await get('/metrics', { 'x-prometheus-scrape-timeout-seconds': '0.4' })).text();
    const up = (service: ServiceName) =>
      new RegExp(`^btcfed_node_service_up_info\\{of_service="${service}".*\\} (\\d)$`, 'm').exec(body)?.[1];
    assert.deepEqual(SERVICE_NAMES.map(up), ['1', '0', '0', '0']);
    assert.match(body, /^process_start_time_seconds\{service="config"/m);
    assert.doesNotMatch(body, /service="gateway",member/);
  });

  test('F-41 answers probes for all of them: ready when each is, and by name when one is not or does not answer', async () => {
    const { page, paths, get } = await stage();
    for (const service of ['config', 'signer', 'gateway'] as const)
      await serve(service, paths.metricsSockets[service]);
    const consensus = await serve('consensus', paths.metricsSockets.consensus, 'no quorum');
    await page.start();
    const unready = await get('/readyz');
    assert.equal(unready.status, 503);
    assert.match(await unready.text(), /^\[-\]consensus\.well failed: no quorum$/m);
    assert.equal((await get('/readyz?exclude=consensus.well')).status, 200);
    assert.equal((await get('/livez')).status, 200);
    await consensus.stop();
    const dead = await get('/livez');
    assert.equal(dead.status, 503);
    assert.match(await dead.text(), /^\[-\]consensus\.answers failed/m);
    assert.equal((await get('/debug')).status, 404);
  });

  test('is not served where conf.yaml says so', async () => {
    const { page, get } = await stage(false);
    await page.start();
    await assert.rejects(get('/metrics'));
  });

  test('stops no member when its port is taken: it is told, with the address', async () => {
    const { page, address, events } = await stage();
    const [host = '', port] = address.split(':');
    const other = createServer().listen(Number(port), host);
    closing.push(() => other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    await page.start();
    const [event] = events;
    assert.ok(event?.kind === 'page-refused');
    assert.deepEqual([event.service, event.address], ['m0 metrics', address]);
    assert.match(event.reason, /EADDRINUSE/);
  });
});
