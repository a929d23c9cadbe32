import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessSpec } from '../adapters/service-process.ts';
import { CliError } from '../words/errors.ts';
import { RESTART_PAUSE_MS_MIN } from '../words/limits.ts';
import { SupervisedService, type SupervisedServiceOptions } from './supervised-service.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-supervised-'));
after(() => rmSync(base, { recursive: true, force: true }));

const STEP_MS = 10;

/** Resolves once `isTrue`, or when `signal` fires. */
async function until(isTrue: () => boolean, signal?: AbortSignal): Promise<void> {
  while (!isTrue() && signal?.aborted !== true) await sleep(STEP_MS);
}

/** A child that runs `code`, and a service that serves when the child has written its file `serving`. */
function fixture(code: string, change: Partial<SupervisedServiceOptions> = {}) {
  const folder = mkdtempSync(join(base, 'f-'));
  const script = join(folder, 'child.mjs');
  writeFileSync(script, `import { appendFileSync } from 'node:fs';\n${code}`);
  const spec: ProcessSpec = {
    command: process.execPath,
    args: [script],
    cwd: folder,
    env: { ONLY: 'this' },
    output: join(folder, 'out.log'),
    errorFile: join(folder, 'error.log'),
    tether: 'channel',
  };
  const events: SupervisorEvent[] = [];
  const service = new SupervisedService({
    label: 'm0 fake',
    process: spec,
    logFile: join(folder, 'out.log'),
    serving: (signal) => until(() => existsSync(join(folder, 'serving')), signal),
    startMsMax: 120_000,
    report: (event) => events.push(event),
    interrupted: new AbortController().signal,
    ...change,
  });
  made.push(service);
  return { folder, service, events, read: (name: string) => readFileSync(join(folder, name), 'utf8') };
}

const SERVES = `appendFileSync('serving', process.pid + '\\n'); process.on('disconnect', () => process.exit());`;
const STOPS = `process.on('SIGTERM', () => { appendFileSync('stopped', 'in order'); process.exit(); });`;
const STAYS = 'setInterval(() => {}, 1000);';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The kernel has taken the signal. */
function isStopped(pid: number): boolean {
  return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

const made: SupervisedService[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((service) => service.stop()));
});

describe('SupervisedService', () => {
  test('starts a process that gets nothing but its own environment, and stops it in order', async () => {
    // Node itself adds these: the channel, and where lines are counted when they are.
    const print =
      'console.log(JSON.stringify(Object.keys(process.env).filter((name) => !/^NODE_(CHANNEL|V8_COVERAGE)/.test(name))));';
    const { service, read } = fixture(`${print} ${STOPS} ${SERVES} ${STAYS}`);
    await service.start();
    const { pid } = service;
    assert.ok(pid !== undefined && isAlive(pid));
    assert.match(read('out.log'), /^\["ONLY"\]\n$/);
    await service.stop();
    assert.equal(read('stopped'), 'in order');
    assert.equal(isAlive(pid), false);
  });

  test('fails at once with the last sentence that a child said before it ended', async () => {
    const { service } = fixture(
      "console.error('first'); console.error('port 7 is in use'); process.exitCode = 1;",
    );
    await assert.rejects(service.start(), (error) => {
      assert.ok(error instanceof CliError);
      assert.equal(error.message, 'm0 fake did not start: port 7 is in use');
      return true;
    });
  });

  test('finds the sentence of a crash above its stack', async () => {
    const { service } = fixture("throw new TypeError('x is not a thing');");
    await assert.rejects(service.start(), /did not start: TypeError: x is not a thing/);
  });

  test('tells how a child ended that said nothing', async () => {
    const { service } = fixture('process.exit(3);');
    await assert.rejects(service.start(), /it ended with exit code 3 and said nothing/);
  });

  test('fails when the program does not exist', async () => {
    const { folder } = fixture('');
    const log = { output: join(folder, 'out.log'), errorFile: join(folder, 'error.log') };
    const missing = { ...log, command: join(folder, 'missing'), args: [], cwd: folder, env: {} };
    const { service } = fixture('', { process: { ...missing, tether: 'guard' } });
    await assert.rejects(service.start(), /did not start: .*ENOENT/);
  });

  test('ends a child that does not serve in time, and names its log', async () => {
    const { service, folder } = fixture(`appendFileSync('pid', String(process.pid)); ${STAYS}`, {
      startMsMax: 500,
    });
    await assert.rejects(
      service.start(),
      new RegExp(`did not serve within 0.5 s; its log is ${folder}/out.log`),
    );
    assert.equal(service.pid, undefined);
  });

  test('stops the start when it is interrupted', async () => {
    const interrupt = new AbortController();
    const { service } = fixture(STAYS, { interrupted: interrupt.signal });
    const starting = service.start();
    const reason = new CliError('stop', { code: 'CLI_INTERRUPTED', signal: 'SIGINT' });
    interrupt.abort(reason);
    await assert.rejects(starting, reason);
    assert.equal(service.pid, undefined);
  });

  test('starts a service again that died, and tells why it died', async () => {
    const dieOnce = "process.on('SIGUSR2', () => { console.error('disk full'); process.exit(70); });";
    const { service, events, read } = fixture(`${dieOnce} ${STOPS} ${SERVES} ${STAYS}`);
    await service.start();
    const { pid } = service;
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGUSR2');
    await until(() => read('serving').trim().split('\n').length === 2 && events.length > 1);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['crashed', 'restarted'],
    );
    const [crash] = events;
    assert.ok(
      crash?.kind === 'crashed' && crash.end.how === 'exit code 70' && crash.end.lastLine === 'disk full',
    );
    assert.notEqual(service.pid, pid);
    await service.stop();
  });

  test('F-05: starts a service whose disk is full until there is room, says so once, and counts no crash', async () => {
    // More ends than crashes are forgiven; short ones, because the pause grows with each.
    const fullDisk = `
      import { existsSync } from 'node:fs';
      const isFirst = !existsSync('serving');
      if (!isFirst) appendFileSync('tries', '.');
      if (!isFirst && !existsSync('room')) { console.error('the disk is full'); process.exit(74); }
      process.on('SIGUSR2', () => process.exit(74));
      ${SERVES} ${STOPS} ${STAYS}`;
    const { service, events, folder, read } = fixture(fullDisk);
    await service.start();
    process.kill(service.pid!, 'SIGUSR2');
    await until(() => existsSync(join(folder, 'tries')) && read('tries').length === 3);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['disk-away'],
    );
    writeFileSync(join(folder, 'room'), '');
    await until(() => read('serving').trim().split('\n').length === 2);
    await until(() => events.length === 2);
    assert.equal(events[1]?.kind, 'disk-back');
    await service.stop();
  });

  test('F-05: says that the disk is back also where a crash came between, and when it is away again', async () => {
    const code = `
      import { readFileSync } from 'node:fs';
      appendFileSync('starts', '.');
      if (readFileSync('starts').length === 2) process.exit(70);
      process.on('SIGUSR2', () => process.exit(74));
      ${SERVES} ${STOPS} ${STAYS}`;
    const { service, events, read } = fixture(code);
    const kinds = () => events.map(({ kind }) => kind);
    await service.start();
    process.kill(service.pid!, 'SIGUSR2');
    await until(() => kinds().includes('disk-back'));
    assert.deepEqual(kinds(), ['disk-away', 'crashed', 'restarted', 'disk-back']);
    assert.equal(read('starts').length, 3);
    process.kill(service.pid!, 'SIGUSR2');
    await until(() => events.length === 5);
    assert.equal(kinds()[4], 'disk-away');
    await service.stop();
  });

  test('does not start a service again that was stopped', async () => {
    const { service, events } = fixture(`${SERVES} ${STAYS}`);
    await service.start();
    await service.stop();
    await sleep(50);
    assert.deepEqual(events, []);
    assert.equal(service.pid, undefined);
  });

  test('ends a child at once when a person is impatient', async () => {
    const { service } = fixture(`${SERVES} process.on('SIGTERM', () => {}); ${STAYS}`);
    await service.start();
    const { pid } = service;
    service.kill();
    await until(() => pid !== undefined && !isAlive(pid));
  });

  test('says to a person who waits for a restart that the federation was stopped meanwhile', async () => {
    const { service } = fixture(`${SERVES} ${STAYS}`);
    await service.start();
    await service.putDown('at once');
    service.kill();
    await assert.rejects(service.restart(), /^CliError: m0 fake is not started again: the federation stops$/);
    assert.equal(service.state, 'stopped');
  });

  test('keeps a service down that a person ended, whatever the policy of restarts, until the person starts it', async () => {
    const { service, events, read, folder } = fixture(`${SERVES} ${STOPS} ${STAYS}`);
    await service.start();
    const { pid } = service;
    assert.ok(pid !== undefined);
    assert.equal(service.state, 'running');
    await service.putDown('at once');
    assert.deepEqual([service.state, service.pid, isAlive(pid)], ['down', undefined, false]);
    // A crash would have been followed by a start within this time.
    await sleep(2 * RESTART_PAUSE_MS_MIN);
    assert.deepEqual([service.state, events], ['down', []]);
    rmSync(join(folder, 'serving'));
    await service.restart();
    assert.equal(service.state, 'running');
    assert.equal(read('serving'), `${service.pid}\n`);
    await service.putDown('in order');
    assert.equal(read('stopped'), 'in order');
  });

  test('starts a service no more that a person ended while it waited for its next start', async () => {
    const { service, events } = fixture(`process.on('SIGUSR2', () => process.exit(70)); ${SERVES} ${STAYS}`);
    await service.start();
    process.kill(service.pid!, 'SIGUSR2');
    await until(() => service.state === 'ended');
    await service.putDown('at once');
    await sleep(2 * RESTART_PAUSE_MS_MIN);
    assert.deepEqual([service.state, events.map(({ kind }) => kind)], ['down', ['crashed']]);
  });

  test('leaves a service down whose start by request fails, with its own sentence', async () => {
    const once = `
      import { existsSync } from 'node:fs';
      if (existsSync('first')) { console.error('port 7 is in use'); process.exit(1); }
      appendFileSync('first', '.');`;
    const { service, events, folder } = fixture(`${once} ${SERVES} ${STAYS}`);
    await service.start();
    await service.putDown('at once');
    rmSync(join(folder, 'serving'));
    await assert.rejects(service.restart(), /^CliError: m0 fake did not start: port 7 is in use$/);
    assert.deepEqual([service.state, service.pid, events], ['down', undefined, []]);
  });

  test('pauses a service and lets it go on; one that is paused is stopped in order all the same', async () => {
    const { service, read, folder } = fixture(
      `setInterval(() => appendFileSync('beats', '.'), 5); ${SERVES} ${STOPS} ${STAYS}`,
    );
    await service.start();
    await until(() => existsSync(join(folder, 'beats')));
    service.pause();
    assert.equal(service.state, 'paused');
    await until(() => isStopped(service.pid!));
    const beats = read('beats').length;
    await sleep(50);
    assert.equal(read('beats').length, beats);
    service.resume();
    assert.equal(service.state, 'running');
    await until(() => read('beats').length > beats);
    service.pause();
    await service.stop();
    assert.equal(read('stopped'), 'in order');
  });
});
