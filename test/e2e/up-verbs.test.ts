import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { type Outcome, runCommandLine } from '#test/support/programs/command-line.ts';
import { isAlive } from '#test/support/programs/processes.ts';
import { until, within } from '#test/support/within.ts';

const CLI = new URL('../../services/cli/main.ts', import.meta.url).pathname;

/** Generous: four members start, or notice that two are away, on a machine that may be busy. */
const PATIENCE_MS = 300_000;

const NO_QUORUM = 4;

/** `npm start` with a home, in a process of its own. */
function started(home: string, basePort: number) {
  const up = spawn(process.execPath, [CLI, 'up', '--home', home, '--base-port', String(basePort)], {
    env: { PATH: '/nowhere' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = { all: '' };
  up.stderr.on('data', (data) => {
    said.all += data;
  });
  const ended = once(up, 'close').then(([code]) => code as number | null);
  const stop = (): Promise<number | null> => {
    if (up.exitCode === null) up.kill('SIGINT');
    return within('the end of up', ended);
  };
  return { said, stop, isUp: () => up.exitCode === null };
}

async function done(...args: readonly string[]): Promise<Outcome> {
  const outcome = await runCommandLine(...args);
  assert.deepEqual([outcome.code, outcome.notes], [0, ''], args.join(' '));
  return outcome;
}

interface Listed {
  readonly name: string;
  readonly services: readonly { readonly service: string; readonly state: string; readonly pid?: number }[];
}

test('a person kills, restarts, pauses and resumes members of `up`: the chain goes on, or tells that its quorum is lost', async () => {
  await using held = new AsyncDisposableStack();
  const folder = held.adopt(mkdtempSync(join(tmpdir(), 'btcfed-up-verbs-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const region = held.adopt(await claimPortRegion(), (claimed) => claimed.release());
  const home = join(folder, 'net');
  const up = started(home, region.basePort);
  held.defer(async () => {
    await up.stop();
  });
  const list = async (): Promise<readonly Listed[]> => {
    const { out } = await done('up', 'list', '--home', home, '--json');
    return JSON.parse(out).members;
  };
  const statesOf = async (name: string): Promise<readonly string[]> =>
    (await list()).find((member) => member.name === name)?.services.map(({ state }) => state) ?? [];
  const ask = (verb: string, member: string) => done('up', verb, member, '--home', home);
  const makeFinal = (hex: string) => done('tx', 'submit', '--wait', '--hex', hex, '--home', join(home, 'm0'));
  const status = (member: string) => runCommandLine('status', '--json', '--home', join(home, member));
  const heightOf = async (member: string): Promise<number> => {
    const { code, out } = await status(member);
    return code === 0 ? JSON.parse(out).header.finalHeight : -1;
  };

  await until(
    'requests are taken',
    async () => {
      assert.ok(up.isUp(), up.said.all);
      return (await runCommandLine('up', 'list', '--home', home)).code === 0;
    },
    PATIENCE_MS,
  );
  const before = await list();
  assert.deepEqual(
    before.map(({ name, services }) => [name, services.filter(({ state }) => state === 'running').length]),
    ['m0', 'm1', 'm2', 'm3'].map((name) => [name, 4]),
  );

  await ask('kill', 'm3');
  for (const { pid } of before[3]?.services ?? []) assert.ok(pid !== undefined && !isAlive(pid));
  await makeFinal('01');
  assert.deepEqual(await statesOf('m3'), ['down', 'down', 'down', 'down']);
  assert.equal((await status('m3')).code, 3);
  await ask('restart', 'm3');
  await makeFinal('02');
  const height = await heightOf('m0');
  await until(
    'the member that came back has the chain',
    async () => (await heightOf('m3')) >= height,
    PATIENCE_MS,
  );

  for (const name of ['m2', 'm3']) await ask('pause', name);
  await until('the lost quorum is told', async () => (await status('m0')).code === NO_QUORUM, PATIENCE_MS);
  for (const name of ['m2', 'm3']) await ask('resume', name);
  await until('the quorum is back', async () => (await status('m0')).code === 0, PATIENCE_MS);
  await makeFinal('03');

  await ask('kill', 'm3');
  assert.equal(await up.stop(), 0, up.said.all);
  assert.match(up.said.all, /m3 consensus was killed by request and stays down until "restart"/);
  assert.match(up.said.all, /m3 consensus was restarted by request/);
  assert.match(up.said.all, /held by request, and not compared: m3\n.*; 3 of 4 members agree up to height/);
  assert.doesNotMatch(up.said.all, /started again in/);
  const gone = await runCommandLine('up', 'list', '--home', home);
  assert.equal(gone.code, 3);
  assert.match(gone.notes, /^btcfed: no federation runs in /);
});
