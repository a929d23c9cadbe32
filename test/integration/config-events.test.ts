import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { connect } from 'nats';
import { ConfigurationChanged } from '#libs/proto/btcfed/event/v1/event.ts';
import { configProcess, peersText, says, WAIT_MS } from '#test/support/programs/config-process.ts';
import { NatsServer } from '#test/support/programs/nats-server.ts';
import { within } from '#test/support/within.ts';

const isInstalled = spawnSync('nats-server', ['--version'], { timeout: WAIT_MS }).status === 0;
const skip = isInstalled ? false : 'no nats-server on the PATH';

test('P2P-44 publishes a change, starts while the server is away, and shows no password', {
  skip,
}, async (t) => {
  const server = new NatsServer({ withStore: false });
  t.after(() => server.remove());
  await server.choosePort();
  const own = await configProcess(t);
  const url = server.url.replace('nats://', 'nats://config:hunter2@');
  const running = own.run({ CONFIG_NATS_URL: url, CONFIG_NETWORK: 'local', CONFIG_MEMBER: 'm1' });
  await says(running, 'service started');

  await server.up();
  const reader = await connect({ servers: server.url });
  t.after(() => reader.close());
  const events = reader.subscribe('btcfed.local.m1.config.configuration.changed.v1', { max: 1 });
  await reader.flush();
  await says(running, 'event bus connected');
  await writeFile(own.peers, peersText(1));
  const { value } = await within('the event', events[Symbol.asyncIterator]().next());
  assert.equal(ConfigurationChanged.decode(value.data).generation, 2n);

  running.child.kill('SIGTERM');
  assert.equal(await running.exit(), 0);
  assert.ok(!running.output.all.includes('hunter2'));
});
