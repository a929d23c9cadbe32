import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

const base = mkdtempSync(join(tmpdir(), 'btcfed-programs-'));
after(() => rmSync(base, { recursive: true, force: true }));

const SOURCES = `Packages Vendor main bookworm https://vendor.example/
Packages Debian main bookworm http://mirror.example/debian/
Packages Debian main bookworm-updates http://mirror.example/debian/`;

/** The programs that packages bring. */
const BROUGHT = {
  iproute2: ['bin/ip'],
  'python3-grpcio': ['usr/lib/python3/dist-packages/grpc'],
  'python3-protobuf': [],
  prometheus: ['bin/promtool'],
  softhsm2: ['bin/softhsm2-util'],
  'p11-kit': ['bin/p11-kit'],
  'p11-kit-modules': [],
  'pkcs11-provider': ['usr/lib/x86_64-linux-gnu/ossl-modules/pkcs11.so'],
};

/** An apt-get that has some packages, and others in the backports; it writes down how it was called. */
const APT = `
const { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { root, brought, has, backports, sources } = JSON.parse(readFileSync(join(__dirname, '../debian.json'), 'utf8'));
const args = process.argv.slice(2).filter((arg, index, all) => !arg.startsWith('-') && all[index - 1] !== '-o');
const [command, ...names] = args;
const isHeld = existsSync(join(root, 'usr/sbin/policy-rc.d'));
appendFileSync(join(root, 'calls'), [command, ...names.map((name) => basename(name)), isHeld ? 'held' : ''].join(' ') + '\\n');
if (command === 'indextargets') console.log(sources);
if (command === 'download') {
  const list = process.argv.find((arg) => arg.startsWith('Dir::Etc::sourcelist=')).split('=')[1];
  writeFileSync(join(root, 'source'), readFileSync(list));
  if (!names.every((name) => backports.includes(name))) process.exit(100);
  for (const name of names) writeFileSync(name + '.deb', '');
}
if (command === 'install') {
  if (!names.every((name) => has.includes(name) || existsSync(name))) process.exit(100);
  for (const file of names.flatMap((name) => brought[basename(name, '.deb')])) {
    writeFileSync(join(root, file), '#!/bin/sh\\n');
    chmodSync(join(root, file), 0o755);
  }
}`;

function debian(facts: { has: readonly string[]; backports?: readonly string[]; sources?: string }) {
  const root = mkdtempSync(join(base, 'd-'));
  for (const folder of [
    'bin',
    'usr/sbin',
    'usr/lib/x86_64-linux-gnu/ossl-modules',
    'usr/lib/python3/dist-packages',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const all = { root, brought: BROUGHT, backports: [], sources: SOURCES, ...facts };
  writeFileSync(join(root, 'debian.json'), JSON.stringify(all));
  writeFileSync(join(root, 'bin/apt-get'), `#!${process.execPath}\n${APT}`, { mode: 0o755 });
  const said: string[] = [];
  const ensure = (uid = 0): void => {
    const host = JSON.stringify({ env: { PATH: join(root, 'bin') }, uid, root });
    const args = ['--input-type=module', '-e', ENSURE, host];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 300_000 });
    said.push(...out.split('\n').filter((line) => line !== ''));
  };
  const calls = (): readonly string[] =>
    existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trimEnd().split('\n') : [];
  return { root, ensure, said, calls };
}

const ENSURE = `
import { ensureTestPrograms } from ${JSON.stringify(new URL('programs.mjs', import.meta.url).href)};
ensureTestPrograms({ ...JSON.parse(process.argv[1]), say: console.log });`;

const PYTHON = ['python3-grpcio', 'python3-protobuf'];
const TOKEN_TOOLS = ['iproute2', ...PYTHON, 'prometheus', 'softhsm2', 'p11-kit', 'p11-kit-modules'];

describe('what only tests need', () => {
  test('is installed once, and no service of it starts', () => {
    const { root, ensure, said, calls } = debian({ has: [...TOKEN_TOOLS, 'pkcs11-provider'] });
    ensure();
    assert.deepEqual(calls(), [
      'install iproute2 held',
      'install python3-grpcio python3-protobuf held',
      'install prometheus held',
      'install softhsm2 p11-kit p11-kit-modules held',
      'install pkcs11-provider held',
    ]);
    assert.equal(existsSync(join(root, 'usr/sbin/policy-rc.d')), false);
    assert.deepEqual(
      said.map((line) => /^installing/.test(line)),
      [true, true, true, true, true],
    );
    ensure();
    assert.deepEqual([calls().length, said.length], [5, 5]);
  });

  test('comes out of the backports of this Debian, by its mirror, where Debian itself has no such provider', () => {
    const { root, ensure, said, calls } = debian({ has: TOKEN_TOOLS, backports: ['pkcs11-provider'] });
    ensure();
    assert.deepEqual(calls().slice(-3), [
      'update held',
      'download pkcs11-provider held',
      'install pkcs11-provider.deb held',
    ]);
    assert.equal(
      readFileSync(join(root, 'source'), 'utf8'),
      'deb http://mirror.example/debian/ bookworm-backports main\n',
    );
    assert.equal(said.length, 5);
  });

  test('is said to be missing where it cannot be had, with what is skipped then', () => {
    const none = debian({ has: TOKEN_TOOLS });
    none.ensure();
    assert.match(none.said.at(-1) ?? '', /^pkcs11-provider could not be installed: .* skipped without it/);
    const foreign = debian({
      has: TOKEN_TOOLS,
      backports: ['pkcs11-provider'],
      sources: 'Packages Other main x y',
    });
    foreign.ensure();
    assert.equal(
      foreign.calls().some((call) => call.startsWith('download')),
      false,
    );
    const bare = debian({ has: ['iproute2', ...PYTHON] });
    bare.ensure();
    assert.match(bare.said.at(-1) ?? '', /^softhsm2, p11-kit, p11-kit-modules could not be installed/);
  });

  test('is left alone without root', () => {
    const { ensure, said, calls } = debian({ has: TOKEN_TOOLS });
    ensure(1000);
    assert.deepEqual([said, calls()], [[], []]);
  });
});
