import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { until } from '#test/support/within.ts';
import type { ControlVerb } from '../core/control-messages.ts';
import { SERVICE_NAMES, type ServiceName } from '../core/service-names.ts';
import { ControlDesk } from './control-desk.ts';
import type { SupervisedMember } from './federation.ts';
import { SupervisedService } from './supervised-service.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-desk-'));
after(() => rmSync(base, { recursive: true, force: true }));

const made: SupervisedService[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((service) => service.stop()));
});

/** A child that notes its start and its stop in one file for all, and does not start while there is a file `broken`. */
const CHILD = `
  import { appendFileSync, existsSync } from 'node:fs';
  const [name, folder] = process.argv.slice(2);
  if (existsSync(folder + '/broken')) { console.error('the disk is gone'); process.exit(1); }
  process.on('SIGTERM', () => { appendFileSync(folder + '/course', name + ' stops\\n'); process.exit(); });
  process.on('disconnect', () => process.exit());
  appendFileSync(folder + '/course', name + ' starts\\n');
  setInterval(() => {}, 1000);`;

const script = join(base, 'child.mjs');
writeFileSync(script, CHILD);

/** Members whose services are small programs, all of them started. */
async function desk(names: readonly string[]) {
  const folder = mkdtempSync(join(base, 'f-'));
  const events: SupervisorEvent[] = [];
  const course = () =>
    existsSync(join(folder, 'course')) ? readFileSync(join(folder, 'course'), 'utf8') : '';
  const serviceOf = (member: string, name: ServiceName): SupervisedService => {
    const starts = () => course().split(`${member} ${name} starts\n`).length;
    const before = { starts: starts() };
    const service = new SupervisedService({
      label: `${member} ${name}`,
      process: {
        command: process.execPath,
        args: [script, `${member} ${name}`, folder],
        cwd: folder,
        env: {},
        output: join(folder, 'out.log'),
        errorFile: join(folder, `${member}-${name}.error.log`),
        tether: 'channel',
      },
      logFile: join(folder, 'out.log'),
      serving: async (signal) => {
        await until('a start', () => signal.aborted || starts() > before.starts);
        before.starts = starts();
      },
      startMsMax: 120_000,
      report: (event) => events.push(event),
      interrupted: new AbortController().signal,
    });
    made.push(service);
    return service;
  };
  const members: readonly SupervisedMember[] = names.map((name) => ({
    name,
    clientAddress: '127.0.0.1:1',
    services: new Map(SERVICE_NAMES.map((service) => [service, serviceOf(name, service)])),
  }));
  await Promise.all(members.flatMap(({ services }) => [...services.values()].map((each) => each.start())));
  const { length: startedUp } = course();
  const control = new ControlDesk(members, (event) => events.push(event));
  const ask = (verb: ControlVerb, member: string, service?: ServiceName) =>
    control.answer({ verb, member, service });
  const states = (member: string) =>
    control.standing.find(({ name }) => name === member)?.services.map(({ state }) => state);
  return { control, ask, states, events, course: () => course().slice(startedUp), folder, members };
}

const ALL = { kind: 'done', services: SERVICE_NAMES };
const every = (state: string) => SERVICE_NAMES.map(() => state);

describe('ControlDesk', () => {
  test('kills a member, which stays down and is listed so, and starts it again', async () => {
    const { control, ask, states, events } = await desk(['m0', 'm1']);
    assert.deepEqual(await ask('kill', 'm1'), ALL);
    assert.deepEqual([states('m0'), states('m1')], [every('running'), every('down')]);
    const listed = await control.answer({ verb: 'list' });
    assert.ok(listed.kind === 'listed');
    assert.deepEqual(
      listed.members.map(({ services }) => services.filter(({ pid }) => pid !== undefined).length),
      [4, 0],
    );
    assert.deepEqual(await ask('restart', 'm1'), ALL);
    assert.deepEqual(states('m1'), every('running'));
    const told = (kind: SupervisorEvent['kind']) =>
      events.filter((event) => event.kind === kind).map(({ service }) => service);
    const labels = SERVICE_NAMES.map((name) => `m1 ${name}`).sort();
    assert.deepEqual([...told('killed')].sort(), labels);
    assert.deepEqual([...told('restarted-by-request')].sort(), labels);
    assert.equal(events.length, 2 * labels.length);
  });

  test('lists the nats-server of all members, and takes no order for it', async () => {
    const { control, members, ask } = await desk(['m0']);
    assert.ok(!('natsServer' in (await control.answer({ verb: 'list' }))));
    const [server] = members[0]?.services.values() ?? [];
    assert.ok(server !== undefined);
    const shared = new ControlDesk([], () => undefined, server);
    assert.deepEqual(await shared.answer({ verb: 'list' }), {
      kind: 'listed',
      members: [],
      natsServer: { state: 'running', pid: server.pid },
    });
    assert.equal((await shared.answer({ verb: 'kill', member: 'nats-server' })).kind, 'refused');
    assert.equal((await ask('kill', 'all')).kind, 'refused');
  });

  test('restarts services that run in the order of a stop and then of a start', async () => {
    const { ask, course } = await desk(['m0']);
    await ask('restart', 'm0');
    const lines = course().trim().split('\n');
    const first = (wave: readonly string[]) => wave.map((line) => line.replace('m0 ', '')).sort();
    assert.deepEqual(lines.slice(0, 2), ['m0 consensus stops', 'm0 gateway stops']);
    assert.deepEqual(first(lines.slice(2, 4)), ['config stops', 'signer stops']);
    assert.deepEqual(first(lines.slice(4, 6)), ['config starts', 'signer starts']);
    assert.deepEqual(lines.slice(6), ['m0 gateway starts', 'm0 consensus starts']);
  });

  test('acts on one service alone when it is named', async () => {
    const { ask, states } = await desk(['m0']);
    const done = { kind: 'done', services: ['gateway'] };
    assert.deepEqual(await ask('pause', 'm0', 'gateway'), done);
    assert.deepEqual(states('m0'), ['running', 'running', 'paused', 'running']);
    assert.deepEqual(await ask('resume', 'm0'), done);
    assert.deepEqual(await ask('kill', 'm0', 'gateway'), done);
    assert.deepEqual(states('m0'), ['running', 'running', 'down', 'running']);
  });

  test('tells which service does not start again, and leaves it and those behind it down', async () => {
    const { ask, states, events, folder } = await desk(['m0']);
    writeFileSync(join(folder, 'broken'), '');
    await ask('kill', 'm0', 'gateway');
    const answer = await ask('restart', 'm0', 'gateway');
    assert.deepEqual(answer, {
      kind: 'refused',
      sentence: 'm0 gateway did not start: the disk is gone',
      service: 'm0 gateway',
    });
    assert.deepEqual(states('m0'), ['running', 'running', 'down', 'running']);
    assert.equal(events.at(-1)?.kind, 'stays-down');
    assert.ok((await ask('restart', 'm0')).kind === 'refused');
    assert.deepEqual(states('m0'), every('down'));
  });

  test('carries orders out one after another, and lists meanwhile', async () => {
    const { control, ask, states } = await desk(['m0']);
    const restarting = ask('restart', 'm0');
    const killing = ask('kill', 'm0', 'gateway');
    const listed = await control.answer({ verb: 'list' });
    assert.ok(listed.kind === 'listed');
    assert.notDeepEqual(
      listed.members[0]?.services.map(({ state }) => state),
      ['running', 'running', 'down', 'running'],
    );
    assert.deepEqual(await restarting, ALL);
    assert.deepEqual(await killing, { kind: 'done', services: ['gateway'] });
    assert.deepEqual(states('m0'), ['running', 'running', 'down', 'running']);
  });

  test('refuses an order for nobody without touching anybody', async () => {
    const { ask, states, events } = await desk(['m0']);
    assert.equal((await ask('kill', 'm7')).kind, 'refused');
    assert.equal((await ask('resume', 'm0')).kind, 'refused');
    assert.deepEqual([states('m0'), events], [every('running'), []]);
  });
});
