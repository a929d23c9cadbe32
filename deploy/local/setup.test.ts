import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

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
  const run = (env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [join(root, 'deploy/local/setup.mjs')], {
      env: { PATH: `${bin}:/usr/bin:/bin`, NATS_URL: 'nats://given', ...env },
      encoding: 'utf8',
      timeout: 60_000,
    });
  return { root, bin, run, calls: () => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') };
}

/** An npm that installs what the checks look for, and writes down how it was called. */
const NPM = 'mkdir -p node_modules && echo "$*" >> calls';

describe('set-up', () => {
  test('installs the locked dependencies once, and again when the lockfile changed', () => {
    const { root, run, calls } = machine({ npm: NPM });
    const first = run();
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /^btcfed set-up: installing the locked dependencies \(npm ci\) …\n$/);
    assert.equal(run().status, 0);
    assert.equal(calls().length, 1);
    assert.match(calls()[0] ?? '', /^ci --no-audit --no-fund --ignore-scripts .*--loglevel=error$/);

    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    run();
    assert.equal(calls().length, 2);
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
    const { root, run } = machine({ npm: 'echo "ERESOLVE: no such package" >&2; exit 7' });
    for (let tries = 0; tries < 2; tries += 1) {
      const { status, stderr } = run();
      assert.equal(status, 1);
      assert.match(stderr, /"npm ci" failed with exit code 7:\nERESOLVE: no such package/);
    }
    assert.equal(existsSync(join(root, '.cache/set-up.lock')), false);
  });

  test('does not believe a stamp without node_modules', () => {
    const { root, run, calls } = machine({ npm: NPM });
    run();
    rmSync(join(root, 'node_modules'), { recursive: true });
    run();
    assert.equal(calls().length, 2);
  });

  test('takes over the lock of a set-up that died', () => {
    const { root, run } = machine({ npm: NPM });
    mkdirSync(join(root, '.cache'));
    writeFileSync(join(root, '.cache/set-up.lock'), '999999999\n');
    assert.equal(run().status, 0);
  });

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
