import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AckPolicy, type NatsConnection } from 'nats';
import { FACTS_STREAM } from '#libs/events/facts-stream.ts';
import { natsBus } from '#libs/events/nats-bus.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { LocalEvents } from '#test/support/programs/local-events.ts';
import { until } from '#test/support/within.ts';

const BLOCK = 'consensus.block.committed.v1';
const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0 ? false : 'needs root, to become another user';

/** Becomes another user, then tries all that a stranger would; prints an object with the result of each. */
const STRANGER = `
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'nats';
const [uid, port, pid, folder, ...files] = process.argv.slice(1);
process.setgid(Number(uid));
process.setuid(Number(uid));
const come = async (work) => { try { return String(await work()); } catch (error) { return error.code ?? error.message; } };
const entering = async (credentials) => {
  const connection = await connect({ servers: '127.0.0.1:' + port, reconnect: false, ...credentials });
  connection.publish('btcfed.net.m0.consensus.block.committed.v1', 'forged');
  await connection.flush();
  return 'in';
};
const outcomes = {
  uid: process.getuid(),
  anonymous: await come(() => entering({})),
  token: await come(() => entering({ token: 'reader' })),
  reader: await come(() => entering({ user: 'reader', pass: '' })),
  folder: await come(() => readdirSync(folder)),
  environment: await come(() => readFileSync('/proc/' + pid + '/environ')),
};
for (const file of files) outcomes[file] = await come(() => readFileSync(file));
console.log(JSON.stringify(outcomes));
process.exit();`;

async function asNobody(...args: readonly string[]): Promise<Record<string, string>> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', STRANGER, String(NOBODY), ...args], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  await once(child, 'close');
  return JSON.parse(out);
}

/** A bus as the service of a member has it. */
async function busOf(url: string, member: string) {
  const bus = natsBus({ network: 'net', member, url, log: memoryLogger() });
  await bus.start();
  await until('the connection', () => bus.connected());
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.stop() });
}

const fact = (id: string) =>
  ({ service: 'consensus', noun: 'block', event: 'committed', id, body: Buffer.from(id) }) as const;

/** How many facts the stream has, by subject. */
async function storedOf(reader: NatsConnection): Promise<Record<string, number>> {
  const manager = await reader.jetstreamManager();
  const { state } = await manager.streams.info(FACTS_STREAM, { subjects_filter: '>' });
  return state.subjects ?? {};
}

describe('the nats-server of a node', () => {
  const events = new LocalEvents();
  before(() => events.start());
  after(() => events[Symbol.asyncDispose]());

  test('F-04: lets no other user of the machine in, and shows none what would', {
    skip: asRoot,
  }, async () => {
    const { files, nats, readerUrl } = events;
    const folder = dirname(files.reader);
    // The text around it hides nothing.
    chmodSync(events.folder, 0o755);
    for (const file of [files.reader, files.configuration]) assert.equal(statSync(file).mode & 0o777, 0o600);
    const port = new URL(readerUrl).port;
    const outcomes = await asNobody(
      port,
      String(nats.service.pid),
      folder,
      files.reader,
      files.configuration,
    );
    assert.deepEqual(outcomes, {
      uid: NOBODY,
      anonymous: 'AUTHORIZATION_VIOLATION',
      token: 'AUTHORIZATION_VIOLATION',
      reader: 'AUTHORIZATION_VIOLATION',
      folder: 'EACCES',
      environment: 'EACCES',
      [files.reader]: 'EACCES',
      [files.configuration]: 'EACCES',
    });
    const reader = await events.connect(readerUrl);
    assert.deepEqual(await storedOf(reader), {});
  });

  test('F-04: gives readers what is said and what is stored, and takes nothing of theirs', async () => {
    const reader = await events.connect(events.readerUrl);
    const heard: string[] = [];
    reader.subscribe('btcfed.>', { callback: (_error, { subject }) => void heard.push(subject) });
    await reader.flush();
    await using consensus = await busOf(events.urlOf(0, 'consensus'), 'm0');
    await using gateway = await busOf(events.urlOf(1, 'gateway'), 'm1');
    await consensus.publishFact(fact('one'));
    await consensus.publishFact(fact('one'));
    gateway.publishSignal({ service: 'gateway', noun: 'peer', event: 'connected', body: Buffer.from('p') });
    await until('three events', () => heard.length === 3);
    assert.deepEqual(heard.toSorted(), [
      `btcfed.net.m0.${BLOCK}`,
      `btcfed.net.m0.${BLOCK}`,
      'btcfed.net.m1.gateway.peer.connected.v1',
    ]);

    const manager = await reader.jetstreamManager();
    await manager.consumers.add(FACTS_STREAM, { durable_name: 'mine', ack_policy: AckPolicy.Explicit });
    const consumer = await reader.jetstream().consumers.get(FACTS_STREAM, 'mine');
    const message = await consumer.next({ expires: 10_000 });
    assert.equal(message?.string(), 'one');
    assert.equal(await message?.ackAck(), true);

    const before = await storedOf(reader);
    // Not to other readers either.
    await assert.rejects(
      reader.jetstream().publish(`btcfed.net.m0.${BLOCK}`, 'forged'),
      /Permissions Violation/,
    );
    const tries = [
      () => manager.streams.add({ name: 'X', subjects: ['x'] }),
      () => manager.streams.update(FACTS_STREAM, { max_bytes: -1 }),
      () => manager.streams.purge(FACTS_STREAM),
      () => manager.streams.delete(FACTS_STREAM),
      () => manager.streams.deleteMessage(FACTS_STREAM, 1),
    ];
    for (const attempt of tries) await assert.rejects(attempt(), { name: 'NatsError' });
    // The server's answer, sent to where a fact would stand; and a consumer that hands facts on as a member's signals.
    reader.publish('$JS.API.INFO', '', { reply: `btcfed.net.m1.${BLOCK}` });
    const name = 'pusher';
    const target = { deliver_subject: 'btcfed.net.m1.gateway.peer.connected.v1', ack_policy: AckPolicy.None };
    await manager.consumers.add(FACTS_STREAM, { name, ...target });
    const { push_bound, delivered } = await manager.consumers.info(FACTS_STREAM, name);
    assert.deepEqual([push_bound ?? false, delivered.stream_seq], [false, 0]);
    assert.deepEqual(await storedOf(reader), before);
  });

  test('F-04: lets each service publish below its own subject, and answers it nowhere else', async () => {
    const reader = await events.connect(events.readerUrl);
    const before = await storedOf(reader);
    const own = events.urlOf(1, 'consensus');
    const foreign = [
      [own, `btcfed.net.m0.${BLOCK}`],
      [own, 'btcfed.net.m1.gateway.peer.connected.v1'],
      [own, `btcfed.other.m1.${BLOCK}`],
      [events.urlOf(1, 'gateway'), `btcfed.net.m1.${BLOCK}`],
      [events.urlOf(1, 'config'), `btcfed.net.m1.${BLOCK}`],
      [own, `$JS.API.STREAM.PURGE.${FACTS_STREAM}`],
      [own, '$JS.API.STREAM.CREATE.X'],
    ] as const;
    for (const [url, subject] of foreign) {
      const publisher = await events.connect(url);
      await assert.rejects(
        publisher.jetstream().publish(subject, 'forged'),
        /Permissions Violation/,
        subject,
      );
    }
    const publisher = await events.connect(own);
    for (const reply of [`btcfed.net.m0.${BLOCK}`, `$JS.API.STREAM.PURGE.${FACTS_STREAM}`]) {
      publisher.publish(`btcfed.net.m1.${BLOCK}`, 'mine', { reply });
      publisher.publish('$JS.API.INFO', '', { reply });
    }
    await publisher.flush();
    await until('two facts of its own', async () => (await storedOf(reader))[`btcfed.net.m1.${BLOCK}`] === 2);
    assert.deepEqual(await storedOf(reader), { ...before, [`btcfed.net.m1.${BLOCK}`]: 2 });
    await assert.rejects(publisher.request('btcfed.net.m1.gateway.x', ''), /Permissions Violation/);
  });
});

test('F-04: the store is bounded in size and count, and an open one of before is not served', async () => {
  await using events = new LocalEvents();
  mkdirSync(join(events.files.openStore, 'streams'), { recursive: true });
  writeFileSync(join(events.files.openStore, 'streams', 'forged'), 'x');
  await events.start();
  assert.equal(existsSync(events.files.openStore), false);
  const reader = await events.connect(events.readerUrl);
  const manager = await reader.jetstreamManager();
  const { config } = await manager.streams.info(FACTS_STREAM);
  const { limits } = await manager.getAccountInfo();
  assert.deepEqual(
    [config.max_bytes, config.max_msgs, config.max_msg_size],
    [268_435_456, 1_000_000, 589_824],
  );
  assert.deepEqual([limits.max_storage, limits.max_streams, limits.max_consumers], [268_435_456, 1, 64]);
  await using bus = await busOf(events.urlOf(0, 'consensus'), 'm0');
  await assert.rejects(bus.publishFact({ ...fact('big'), body: Buffer.alloc(600_000) }), {
    detail: { code: 'EVENT_REFUSED' },
  });
});

test('F-04: a password and keys are good for one start, and facts outlive it', async () => {
  await using events = new LocalEvents();
  await events.start();
  const [oldReader, oldKey] = [new URL(events.readerUrl), new URL(events.urlOf(0, 'consensus'))];
  {
    await using bus = await busOf(events.urlOf(0, 'consensus'), 'm0');
    await bus.publishFact(fact('kept'));
  }
  await events.nats.stop();
  assert.deepEqual([existsSync(events.files.reader), existsSync(events.files.configuration)], [false, false]);
  await events.start();
  const now = new URL(events.readerUrl);
  for (const old of [oldReader, oldKey]) {
    old.port = now.port;
    await assert.rejects(events.connect(old.href), { code: 'AUTHORIZATION_VIOLATION' });
  }
  const reader = await events.connect(now.href);
  assert.deepEqual(await storedOf(reader), { [`btcfed.net.m0.${BLOCK}`]: 1 });
  assert.doesNotMatch(readFileSync(events.files.configuration, 'utf8'), /"SU[A-Z2-7]{56}"/);
});

test('F-04: a nats-server that died comes back with the keys of its start', async () => {
  await using events = new LocalEvents();
  await events.start();
  await using bus = await busOf(events.urlOf(0, 'consensus'), 'm0');
  await bus.publishFact(fact('before'));
  const { pid } = events.nats.service;
  assert.ok(pid);
  process.kill(pid, 'SIGKILL');
  await until('the loss', () => !bus.connected());
  await until('the return', () => bus.connected());
  await bus.publishFact(fact('after'));
  assert.deepEqual(await storedOf(await events.connect(events.readerUrl)), { [`btcfed.net.m0.${BLOCK}`]: 2 });
});
