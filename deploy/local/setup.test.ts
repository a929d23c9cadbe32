import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '#test/support/within.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-set-up-'));
after(() => rmSync(base, { recursive: true, force: true }));

const HERE = dirname(fileURLToPath(import.meta.url));
const SH = '/bin/sh';

/** A checkout with the set-up script, on a machine whose programs are these shell scripts. */
function machine(programs: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(base, 'f-'));
  const bin = join(root, 'bin');
  cpSync(HERE, join(root, 'deploy/local'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), '{}');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!${SH}\n${script}\n`, { mode: 0o755 });
  }
  const script = join(root, 'deploy/local/setup.mjs');
  const given = { PATH: `${bin}:/usr/bin:/bin`, NATS_URL: 'nats://given' };
  const run = (env: Readonly<Record<string, string>> = {}, args: readonly string[] = []) =>
    spawnSync(process.execPath, [script, ...args], {
      env: { ...given, ...env },
      encoding: 'utf8',
      timeout: 300_000,
    });
  const start = () => {
    const child = spawn(process.execPath, [script], { env: given, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const exit: Promise<number | null> = once(child, 'exit').then(([code]) => code);
    return { child, exit, stderr: () => stderr };
  };
  return { root, bin, run, start, calls: () => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') };
}

/** An npm that installs what the checks look for, and writes down how it was called. */
const NPM = 'mkdir -p node_modules && echo "$*" >> calls';

describe('set-up', () => {
  test('installs the locked dependencies once, and again when the lockfile changed', () => {
    const { root, run, calls } = machine({ npm: NPM });
    const first = run();
    assert.equal(first.status, 0, first.stderr);
    const said =
      /^btcfed set-up: installing the locked dependencies \(npm ci\) …\n(btcfed set-up: … 0 of 0 packages, \d+ s\n)*$/;
    assert.match(first.stderr, said);
    assert.equal(run().status, 0);
    assert.equal(calls().length, 1);
    assert.match(calls()[0] ?? '', /^ci --no-audit --no-fund --ignore-scripts .*--loglevel=error$/);

    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    run();
    assert.equal(calls().length, 2);
  });

  test('says as npm goes how many of the packages for this machine are there', () => {
    const npm =
      'mkdir -p node_modules/one node_modules/two; echo {} > node_modules/one/package.json; sleep 3';
    const { root, run } = machine({ npm });
    const packages = {
      ...{
        '': {},
        'node_modules/one': {},
        'node_modules/two': { os: [process.platform], cpu: [process.arch] },
      },
      ...{ 'node_modules/other-system': { os: ['none'] }, 'node_modules/other-cpu': { cpu: ['none'] } },
    };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
    const { status, stderr } = run();
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^btcfed set-up: … 1 of 2 packages, \d+ s$/m);
  });

  test('says nothing at all when all is there', () => {
    const { run } = machine({ npm: NPM });
    run();
    const again = run();
    assert.deepEqual([again.status, again.stdout, again.stderr], [0, '', '']);
  });

  test('never writes to stdout, whose last line is for machines', () => {
    const { run } = machine({ npm: `echo "added 200 packages"; ${NPM}` });
    assert.equal(run().stdout, '');
  });

  test('shows what npm said when it failed, with exit code 1, and tries again next time', () => {
    const { run } = machine({ npm: 'echo "ERESOLVE: no such package" >&2; exit 7' });
    for (let tries = 0; tries < 2; tries += 1) {
      const { status, stderr } = run();
      assert.equal(status, 1);
      assert.match(stderr, /"npm ci" failed with exit code 7:\nERESOLVE: no such package/);
    }
  });

  test('does not believe a stamp without node_modules', () => {
    const { root, run, calls } = machine({ npm: NPM });
    run();
    rmSync(join(root, 'node_modules'), { recursive: true });
    run();
    assert.equal(calls().length, 2);
  });

  test('F-12: takes over the lock of a set-up that died, and of one of before that left its number in the file', () => {
    const { root, run } = machine({ npm: NPM });
    mkdirSync(join(root, '.cache'));
    writeFileSync(join(root, '.cache/set-up.lock'), `${process.pid}\n`);
    const { status, stderr } = run();
    assert.equal(status, 0);
    assert.doesNotMatch(stderr, /waiting/);
  });

  test('F-12: one works at a time, however many begin at once', async () => {
    // Each fails when another one is at work, and none leaves what the next would take for done.
    const alone = 'mkdir busy || echo together >> calls; sleep 0.1; rmdir busy; echo done >> calls; exit 7';
    const { root, start, calls } = machine({ npm: alone });
    mkdirSync(join(root, '.cache'));
    writeFileSync(join(root, '.cache/set-up.lock'), '999999999\n');
    const codes = await Promise.all(Array.from({ length: 8 }, () => start().exit));
    assert.deepEqual(codes, Array(8).fill(1));
    assert.deepEqual(calls(), Array(8).fill('done'));
  });

  test('F-12: one that is killed outright leaves its npm the lock, until that is through', async () => {
    const slow =
      'echo begin >> calls; while [ ! -e go-on ]; do sleep 0.05; done; echo end >> calls; mkdir -p node_modules';
    const { root, start, run, calls } = machine({ npm: slow });
    const first = start();
    await until('npm', () => existsSync(join(root, 'calls')));
    first.child.kill('SIGKILL');
    await first.exit;
    const second = start();
    await until('the one that waits', () => second.stderr().includes('waiting for it'));
    assert.deepEqual(calls(), ['begin']);
    writeFileSync(join(root, 'go-on'), '');
    assert.equal(await second.exit, 0);
    assert.deepEqual(calls(), ['begin', 'end', 'begin', 'end']);
    assert.equal(run().stderr, '');
  });

  for (const [how, args, env] of [
    ['--no-system-packages', ['--for-tests', '--no-system-packages'], {}],
    ['BTCFED_NO_SYSTEM_PACKAGES=1', ['--for-tests'], { BTCFED_NO_SYSTEM_PACKAGES: '1' }],
  ] as const) {
    test(`F-12: leaves apt alone with ${how}`, () => {
      const apt = 'echo apt >> calls';
      const { root, bin, run } = machine({
        npm: 'mkdir -p node_modules',
        mkdir: '/bin/mkdir "$@"',
        'apt-get': apt,
      });
      const { status, stderr } = run({ PATH: bin, NATS_URL: '', ...env }, args);
      assert.equal(status, 0, stderr);
      assert.match(stderr, /no nats-server on the PATH: install the package/);
      assert.equal(existsSync(join(root, 'calls')), false);
    });
  }

  test('says in one line what to install when there is no nats-server, and goes on', () => {
    const { bin, run } = machine({ npm: 'mkdir -p node_modules', mkdir: '/bin/mkdir "$@"' });
    const { status, stderr } = run({ PATH: bin, NATS_URL: '' });
    assert.equal(status, 0);
    assert.match(
      stderr,
      /^btcfed set-up: no nats-server on the PATH: install the package nats-server or set NATS_URL/m,
    );
  });

  test('looks for no nats-server when it finds one or is given a URL', () => {
    const programs = { npm: 'mkdir -p node_modules', mkdir: '/bin/mkdir "$@"' };
    const found = machine({ ...programs, 'nats-server': 'exit 0' });
    assert.doesNotMatch(found.run({ PATH: found.bin, NATS_URL: '' }).stderr, /nats/);
    const given = machine(programs);
    assert.doesNotMatch(given.run({ PATH: given.bin }).stderr, /nats/);
  });
});
