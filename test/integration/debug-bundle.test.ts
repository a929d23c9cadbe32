import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeHomes, patched } from '#test/support/federation/member-homes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { NodeProcess } from '#test/support/programs/node-process.ts';

// btcfed debug bundle as a person types it, on the home of one member with known secrets.

const CLI = new URL('../../services/cli/main.ts', import.meta.url).pathname;
/** It takes some seconds; a machine with other work many. */
const BUNDLE_MS_MAX = 600_000;
const NATS_PASSWORD = 'a nats/password-7';
const PASSPHRASE = 'correct horse battery staple';
const OUTSIDE = 'these words stand outside of the home';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-bundle-'));
const region = await claimPortRegion();
const home = join(folder, 'net', 'm0');
/** Each secret of the home by its name, as its bytes are. */
const secrets = new Map<string, Buffer>();

after(() => {
  region.release();
  rmSync(folder, { recursive: true, force: true });
});

before(() => {
  makeHomes(join(folder, 'net'), { members: 1, protocol: 'pbft', basePort: region.basePort });
  const conf = join(home, 'conf.yaml');
  const url = `nats://operator:${encodeURIComponent(NATS_PASSWORD)}@127.0.0.1:1`;
  const named = readFileSync(conf, 'utf8').replace(/^( *nats_url:).*$/m, `$1 "${url}"`);
  assert.ok(named.includes(url));
  writeFileSync(conf, named);
  writeFileSync(join(home, 'signer', 'passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
  for (const [name, secret] of secretsOfHome(named)) secrets.set(name, secret);
  leak();
  linkOutside();
});

function secretsOfHome(conf: string): readonly (readonly [string, Buffer])[] {
  const [, identity = ''] = /private_key: *"?([A-Za-z0-9+/=]+)/.exec(conf) ?? [];
  const signer: unknown = JSON.parse(readFileSync(join(home, 'signer', 'signer.key'), 'utf8'));
  assert.ok(typeof signer === 'object' && signer !== null && 'secret_key' in signer);
  const tls = readdirSync(join(home, 'tls')).filter((name) => name.endsWith('.key'));
  assert.ok(tls.length >= 2);
  return [
    ['the NATS password', Buffer.from(NATS_PASSWORD)],
    ['the passphrase', Buffer.from(PASSPHRASE)],
    ['the identity', Buffer.from(identity, 'base64')],
    ['the seed of the identity', Buffer.from(identity, 'base64').subarray(0, 32)],
    ['the key of the signer', Buffer.from(String(signer.secret_key), 'hex')],
    ...tls.map((name) => {
      const pem = readFileSync(join(home, 'tls', name), 'utf8');
      const { d = '' } = createPrivateKey(pem).export({ format: 'jwk' });
      return [`the key in ${name}`, Buffer.from(d, 'base64url')] as const;
    }),
  ];
}

/** All forms in which a secret is looked for. */
function formsOf(secret: Buffer): readonly (string | Buffer)[] {
  return [
    secret,
    secret.toString('hex'),
    secret.toString('hex').toUpperCase(),
    secret.toString('base64').replace(/=+$/, ''),
    secret.toString('base64url'),
  ];
}

/** Leaks as no program of ours does: every secret in a log, in all forms, and the whole text of a private key. */
function leak(): void {
  mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
  const lines = [...secrets].flatMap(([name, secret]) =>
    formsOf(secret).map((form) => JSON.stringify({ level: 'info', message: name, leaked: `${form}` })),
  );
  writeFileSync(join(home, 'logs', 'btc-federation.log'), `${lines.join('\n')}\n`, { mode: 0o600 });
  appendFileSync(join(home, 'logs', 'gateway.stderr.log'), readFileSync(join(home, 'tls', 'signer.key')));
}

function linkOutside(): void {
  const outside = join(folder, 'outside.log');
  writeFileSync(outside, OUTSIDE);
  symlinkSync(outside, join(home, 'logs', 'outside.log'));
  symlinkSync(folder, join(home, 'elsewhere'));
}

function bundle(script: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'debug', 'bundle', ...args], {
    encoding: 'utf8',
    cwd: folder,
    timeout: BUNDLE_MS_MAX,
  });
  return { code: status, out: stdout, notes: stderr };
}

/** Makes a bundle and unpacks it: the answer, and every file by its path in it. */
function unpacked(name: string, script = CLI) {
  const output = join(folder, `${name}.tar.gz`);
  const { code, out, notes } = bundle(script, '--home', home, '--output', output, '--json');
  assert.equal(code, 0, notes);
  const answer = JSON.parse(out);
  assert.deepEqual([answer.file, answer.bytes], [output, statSync(output).size]);
  const into = join(folder, name);
  mkdirSync(into);
  const tar = spawnSync('tar', ['-xzf', output, '-C', into], { encoding: 'utf8', timeout: BUNDLE_MS_MAX });
  assert.deepEqual([tar.status, tar.stderr], [0, '']);
  const [top = ''] = readdirSync(into);
  const paths = readdirSync(join(into, top), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(paths.map((path) => [relative(join(into, top), path), readFileSync(path)]));
  const missing: readonly string[] = answer.missing.map(({ part }: { part: string }) => part);
  return { answer, files, missing, notes, output };
}

/** The names of the secrets that stand in a bundle, in any form. */
function told(files: ReadonlyMap<string, Buffer>): readonly string[] {
  return [...secrets].flatMap(([name, secret]) => {
    const places = [...files].filter(([, content]) => formsOf(secret).some((form) => content.includes(form)));
    return places.map(([path]) => `${name} in ${path}`);
  });
}

function jsonIn(files: ReadonlyMap<string, Buffer>, path: string) {
  return JSON.parse(String(files.get(path)));
}

describe('btcfed debug bundle', () => {
  const services = ['config', 'signer', 'gateway', 'consensus'];

  test('of a member that runs has all that it says and its files tell, and none of its secrets', async () => {
    const node = new NodeProcess(home);
    try {
      await node.saysOnStderr('serves clients at');
      const { files, missing, notes, output } = unpacked('running');
      assert.deepEqual(missing, [], notes);
      assert.deepEqual(told(files), []);
      assert.equal(statSync(output).mode & 0o777, 0o600);
      const expected = [
        ...['README.txt', 'manifest.json', 'versions.json', 'configuration.json', 'files.json'],
        ...['certificates.json', 'status.json', 'membership.json', 'peers.json', 'doctor.json'],
        ...['logs/btc-federation.log', 'logs/gateway.stderr.log'],
        ...services.flatMap((service) => [`metrics/${service}.txt`, `probes/${service}.txt`]),
      ];
      for (const path of expected) assert.ok(files.has(path), path);
      assert.equal(jsonIn(files, 'status.json').header.member, 'm0');
      assert.equal(jsonIn(files, 'configuration.json').isRunning, true);
      assert.match(String(files.get('metrics/consensus.txt')), /^btcfed_build_info\{/m);
      assert.match(String(files.get('probes/consensus.txt')), /^GET \/readyz\?verbose: \d{3}\n/m);
      for (const part of ['versions', 'logs', 'doctor'])
        assert.match(notes, new RegExp(`^${part}: \\d+ kB`, 'm'));
      assert.match(String(files.get('logs/btc-federation.log')), /"leaked":"\[hidden\]"/);
    } finally {
      await node.stop();
    }
  });

  test('of a member that is stopped has what its files tell, says what could not be had, and why', () => {
    const { answer, files, missing } = unpacked('stopped');
    assert.deepEqual(told(files), []);
    assert.deepEqual(missing, [
      ...['status', 'membership', 'peers'],
      ...services.flatMap((service) => [`probes of ${service}`, `metrics of ${service}`]),
    ]);
    assert.match(answer.missing[2].reason, /^no node runs from .*: start it with "btcfed node --home /);
    assert.deepEqual(jsonIn(files, 'manifest.json').missing, answer.missing);
    assert.equal(jsonIn(files, 'configuration.json').isRunning, false);
    const [certificate] = jsonIn(files, 'certificates.json');
    assert.match(certificate.certificates[0].notAfter, /^\d{4}-/);
    const { node, openssl, libc, packages } = jsonIn(files, 'versions.json');
    assert.deepEqual([node, openssl], [process.versions.node, process.versions.openssl]);
    assert.match(`${libc} ${packages.commander}`, /\d+\.\d+ \d+\.\d+/);
  });

  test('lists the files of the home with their modes, and follows no link', () => {
    const { files } = unpacked('links');
    const { entries } = jsonIn(files, 'files.json');
    const entry = (path: string) => entries.find((each: { path: string }) => each.path === path);
    assert.deepEqual([entry('signer/signer.key').mode, entry('signer/signer.key').kind], ['0600', 'file']);
    assert.deepEqual([entry('elsewhere').kind, entry('elsewhere').target], ['link', folder]);
    assert.equal(entry('elsewhere/net'), undefined);
    for (const [path, content] of files) assert.ok(!content.includes(OUTSIDE), path);
  });

  test('would tell every secret without its redaction', () => {
    const script = patched(join(folder, 'unredacted.mjs'), CLI, {
      file: 'services/cli/bundle/redaction.ts',
      find: 'needles.reduce((safe, needle) => safe.replaceAll(needle, HIDDEN), text)',
      replace: 'text',
    });
    const found = told(unpacked('unredacted', script).files);
    for (const name of secrets.keys())
      assert.ok(
        found.some((each) => each.startsWith(`${name} in `)),
        name,
      );
  });

  test('is never written over a file, and nowhere without a home: exit code 64', () => {
    const output = join(folder, 'taken');
    writeFileSync(output, 'mine');
    const taken = bundle(CLI, '--home', home, '--output', output);
    assert.equal(taken.code, 64);
    assert.match(taken.notes, /It exists already and is never written over: name another\./);
    assert.equal(readFileSync(output, 'utf8'), 'mine');
    const none = bundle(CLI, '--home', folder);
    assert.deepEqual([none.code, none.out], [64, '']);
    assert.match(none.notes, /is no home of a node: .* "btcfed init" or "btcfed testnet"\n$/);
  });

  test('of a home whose settings are refused says so, and has all the rest', () => {
    const conf = join(home, 'conf.yaml');
    const sound = readFileSync(conf, 'utf8');
    writeFileSync(conf, sound.replace(/^( *connection_timeout:).*$/m, '$1 10ms'));
    try {
      const { answer, files } = unpacked('refused');
      const reason = answer.missing.find(({ part }: { part: string }) => part === 'configuration').reason;
      assert.match(reason, /conf\.yaml, line \d+: peers\.connection_timeout must be at least 1 second/);
      assert.deepEqual(told(files), []);
      for (const path of ['logs/btc-federation.log', 'files.json', 'certificates.json', 'versions.json'])
        assert.ok(files.has(path), path);
    } finally {
      writeFileSync(conf, sound);
    }
  });
});
