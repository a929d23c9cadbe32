import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { until } from '#test/support/within.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-interrupted-'));
after(() => rmSync(base, { recursive: true, force: true }));

/** Time after which a child should have ended long ago. */
const MS_MAX = 300_000;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** The part of the set-up that installs, for a Debian whose root is a folder. */
const INSTALL = `
import { repairPolicy } from ${url('policy.mjs')};
import { announcePrograms, ensureTestPrograms } from ${url('programs.mjs')};
const host = { ...JSON.parse(process.argv[1]), say: console.log };
repairPolicy(host);
announcePrograms(host, { forTests: true, more: [] });
await ensureTestPrograms(host);`;

/** A Debian whose apt-get says that it runs, and then waits for a file, which ends it. */
function debian(apt = 'touch running; while [ -e calls ] && [ ! -e go-on ]; do sleep 0.05; done') {
  const root = mkdtempSync(join(base, 'd-'));
  for (const folder of ['bin', 'usr/sbin', 'run']) mkdirSync(join(root, folder), { recursive: true });
  const text = `#!/bin/sh\nPATH=/usr/bin:/bin; cd ${root}; echo "$*" >> calls; ${apt}\n`;
  writeFileSync(join(root, 'bin/apt-get'), text, { mode: 0o755 });
  const policy = join(root, 'usr/sbin/policy-rc.d');
  const start = (facts: object = {}) => {
    const host = JSON.stringify({ env: { PATH: join(root, 'bin') }, uid: 0, root, ...facts });
    const child = spawn(process.execPath, ['--input-type=module', '-e', INSTALL, host], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const ended = once(child, 'exit');
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    return { child, ended, said: () => said };
  };
  const isInstalling = () => until('apt-get', () => existsSync(join(root, 'running')), MS_MAX);
  const goOn = () => writeFileSync(join(root, 'go-on'), '');
  const calls = () => (existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8') : '');
  return { root, policy, start, isInstalling, goOn, calls };
}

describe('a set-up that is ended while it installs', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`F-12: by ${signal} leaves no policy-rc.d behind, installs nothing more, and ends by that signal`, async () => {
      const { policy, start, isInstalling, calls } = debian();
      const { child, ended } = start();
      await isInstalling();
      assert.match(readFileSync(policy, 'utf8'), /^#!\/bin\/sh\n# The set-up of btcfed .*\nexit 101\n$/);
      assert.equal(statSync(policy).mode & 0o111, 0o111);
      child.kill(signal);
      assert.deepEqual(await ended, [null, signal]);
      assert.equal(existsSync(policy), false);
      assert.equal(calls().trim().split('\n').length, 1);
    });
  }

  test('F-12: waits for an apt-get that must not be interrupted, and puts all back then', async () => {
    const { policy, start, isInstalling, goOn, root } = debian(
      'trap "touch heard" INT; touch running; while [ -e calls ] && [ ! -e go-on ]; do sleep 0.05; done',
    );
    const { child, ended } = start();
    await isInstalling();
    child.kill('SIGTERM');
    await until('the signal', () => existsSync(join(root, 'heard')), MS_MAX);
    assert.equal(existsSync(policy), true);
    goOn();
    assert.deepEqual(await ended, [null, 'SIGTERM']);
    assert.equal(existsSync(policy), false);
  });

  test('F-12: outright is repaired by the next one, once its apt-get is through', async () => {
    const { policy, start, isInstalling, goOn, root } = debian();
    const { child, ended } = start();
    await isInstalling();
    child.kill('SIGKILL');
    await ended;
    assert.equal(existsSync(policy), true);
    // For the case in which nothing is installed: signals stay held back while apt-get is at work.
    const early = start({ isAptLeftAlone: true });
    await early.ended;
    assert.equal(existsSync(policy), true);
    goOn();
    const lock = join(root, 'run/btcfed-set-up.lock');
    await until(
      'the end of apt-get',
      () => spawnSync('flock', ['-n', lock, 'true'], { timeout: MS_MAX }).status === 0,
    );
    const next = start({ isAptLeftAlone: true });
    await next.ended;
    assert.equal(existsSync(policy), false);
    assert.match(next.said(), /^removed .*policy-rc\.d, which a set-up that was killed had left/);
  });

  test('F-12: never touches a policy-rc.d of somebody else', async () => {
    const { policy, start } = debian('true');
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const { ended } = start();
    assert.deepEqual(await ended, [0, null]);
    assert.equal(readFileSync(policy, 'utf8'), '#!/bin/sh\nexit 101\n');
  });
});

describe('what apt-get is asked for', () => {
  test('F-12: is said in one line before it is called', async () => {
    const { start, calls, isInstalling, root } = debian();
    const { said } = start();
    await isInstalling();
    const [plan = '', first = ''] = said().split('\n');
    assert.match(plan, /^apt-get will install nats-server, iproute2, python3-grpcio, .*pkcs11-provider with/);
    assert.match(plan, /--no-system-packages or BTCFED_NO_SYSTEM_PACKAGES=1 leaves apt alone$/);
    assert.match(first, /^installing the Debian package iproute2/);
    assert.match(calls(), /install .* iproute2\n$/);
    assert.ok(existsSync(join(root, 'running')));
  });

  test('F-12: is nothing where a person wants apt left alone; what is missing is said', async () => {
    const { policy, start, calls } = debian();
    const { ended, said } = start({ isAptLeftAlone: true });
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual([calls(), existsSync(policy)], ['', false]);
    assert.doesNotMatch(said(), /will install|installing/);
    assert.match(said(), /^no ip on the PATH: install the package iproute2/m);
  });
});
