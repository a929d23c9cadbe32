import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { isListening, NodeProcess, until } from '#test/support/programs/node-process.ts';

// btcfed doctor as a person types it, on homes that the commands of set-up made.

const CLI = new URL('../../services/cli/main.ts', import.meta.url).pathname;
/** It takes some seconds; a machine with other work many. */
const DOCTOR_MS_MAX = 180_000;
const DAY_MS = 86_400_000;

interface Check {
  readonly name: string;
  readonly verdict: string;
  readonly found: string;
  readonly cure: string;
}

const folder = mkdtempSync(join(tmpdir(), 'btcfed-doctor-'));
const region = await claimPortRegion();
after(() => {
  region.release();
  rmSync(folder, { recursive: true, force: true });
});

function doctor(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'doctor', ...args], {
    encoding: 'utf8',
    timeout: DOCTOR_MS_MAX,
  });
  return { code: status, out: stdout, notes: stderr };
}

function checksOf(home: string) {
  const { code, out } = doctor('--home', home, '--json');
  const answer = JSON.parse(out);
  const checks: readonly Check[] = answer.checks;
  // The state of the machine of this test does not matter here.
  const failed = checks.filter(({ verdict }) => verdict === 'failure');
  assert.deepEqual([answer.ok, code], failed.length === 0 ? [true, 0] : [false, 1]);
  const named = (name: string) => checks.filter((each) => each.name === name);
  return { answer, checks, named, failed: failed.map(({ name }) => name) };
}

/** A certificate that a person forgot: made thirty days ago for twenty. */
function expiredCertificate(): string {
  mock.timers.enable({ apis: ['Date'], now: Date.now() - 30 * DAY_MS });
  try {
    const authority = createAuthority('forgotten', 25);
    const names = { commonName: 'signer', dnsNames: ['signer'], ipAddresses: [] };
    return issueCertificate(authority, { ...names, usage: 'server', days: 20 }).certificate;
  } finally {
    mock.timers.reset();
  }
}

describe('btcfed doctor on the home of a member', () => {
  const home = join(folder, 'net', 'm0');
  const clientPort = region.basePort + 1;
  before(() => makeHomes(join(folder, 'net'), { members: 1, protocol: 'pbft', basePort: region.basePort }));

  test('finds modes, certificates and ports of a new home in order, and tells what each set carries', () => {
    const { answer, named, failed } = checksOf(home);
    for (const name of ['mode', 'certificate', 'owner', 'port of consensus'])
      assert.ok(!failed.includes(name), name);
    assert.equal(named('certificate').length, 3);
    assert.deepEqual(
      named('port of consensus').map(({ found }) => found),
      [`127.0.0.1:${clientPort}, services.client_address: free`],
    );
    assert.equal(answer.isRunning, false);
    assert.deepEqual(
      answer.parameterSets.map(({ scheme }: { scheme: string }) => scheme),
      schemeNames(),
    );
    assert.match(
      named('synced write')[0]?.found ?? '',
      /^median [\d.]+ ms, worst [\d.]+ ms of \d+ in .*consensus; /,
    );
    assert.match(named('signatures')[0]?.found ?? '', /^slh-dsa-sha2-128f, 1 members: .* take \d+ ms here/);
    assert.deepEqual(readdirSync(join(home, 'consensus')), [], 'nothing is left behind');
  });

  test('F-08: names an open key, an expired certificate and a taken port, each with its cure, and has exit code 1', async () => {
    const key = join(home, 'signer', 'signer.key');
    const certificate = join(home, 'tls', 'signer.crt');
    const sound = readFileSync(certificate);
    const stranger = await listeningAt(clientPort);
    try {
      chmodSync(key, 0o644);
      writeFileSync(certificate, expiredCertificate());
      const { code, out, notes } = doctor('--home', home);
      assert.deepEqual([code, notes], [1, '']);
      const line = (start: string) => out.split('\n').find((each) => each.startsWith(start)) ?? out;
      assert.match(line('failure  mode'), new RegExp(`: ${key} has mode 0644, .* \\(run chmod 600 ${key},`));
      assert.match(
        line('failure  certificate'),
        new RegExp(`: ${certificate} expired on .* \\("btcfed pki issue"`),
      );
      assert.match(
        line('failure  port of consensus'),
        new RegExp(
          `127.0.0.1:${clientPort}, .*: in use by another process, node with pid ${process.pid} \\(stop it`,
        ),
      );
      assert.equal(
        out.match(/^failure {2}(?:mode|certificate|port)/gm)?.length,
        3,
        'and nothing else of the kind',
      );
    } finally {
      stranger.close();
      writeFileSync(certificate, sound);
      chmodSync(key, 0o600);
    }
  });

  test('names a folder that others may write in, once for all keys in it, and one that they may look into', () => {
    const [tls, logs] = [join(home, 'tls'), join(home, 'logs')];
    chmodSync(tls, 0o777);
    chmodSync(logs, 0o755);
    try {
      const bad = checksOf(home)
        .named('mode')
        .filter(({ verdict }) => verdict !== 'ok');
      assert.deepEqual(
        bad.map(({ verdict, cure }) => [verdict, cure]),
        [
          ['failure', `run chmod go-w ${tls}`],
          ['warning', `chmod go= ${logs}`],
        ],
      );
    } finally {
      for (const each of [tls, logs]) chmodSync(each, 0o700);
    }
  });

  test('names a missing certificate', () => {
    const file = join(home, 'tls', 'ca.crt');
    const sound = readFileSync(file);
    rmSync(file);
    try {
      const missing = checksOf(home)
        .named('certificate')
        .filter(({ verdict }) => verdict === 'failure');
      assert.deepEqual(
        missing.map(({ found }) => found),
        [`${file} is missing`],
      );
    } finally {
      writeFileSync(file, sound, { mode: 0o600 });
    }
  });

  test('refuses settings that a start would refuse, with the line and the cure, and exit code 1', () => {
    const conf = join(home, 'conf.yaml');
    const sound = readFileSync(conf, 'utf8');
    writeFileSync(conf, sound.replace(/^( *connection_timeout:).*$/m, '$1 10ms'));
    try {
      const { code, out, notes } = doctor('--home', home);
      assert.deepEqual([code, out], [1, '']);
      assert.match(
        notes,
        /^btcfed: .*conf\.yaml, line \d+: peers\.connection_timeout must be at least 1 second/,
      );
    } finally {
      writeFileSync(conf, sound);
    }
  });
});

describe('btcfed doctor elsewhere', () => {
  test('F-48: refuses a folder that is no home of a node, with the commands that make one, and exit code 64', () => {
    for (const path of [folder, join(folder, 'none')]) {
      const { code, out, notes } = doctor('--home', path);
      assert.deepEqual([code, out], [64, '']);
      assert.match(
        notes,
        new RegExp(`^btcfed: ${path} is no home of a node: .* "btcfed init" or "btcfed testnet"\\n$`),
      );
    }
    const json = JSON.parse(doctor('--home', folder, '--json').out);
    assert.deepEqual([json.error.code, json.ok], ['CLI_UNUSABLE', undefined]);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name === 'none'),
      [],
      'and makes nothing',
    );
  });

  test('F-48: refuses a command line that cannot be read with exit code 64', () => {
    assert.equal(doctor('--frob').code, 64);
    assert.equal(doctor('--home').code, 64);
  });

  test('knows the ports of a node that runs for its own, without a chain too', async () => {
    const home = join(folder, 'alone');
    const port = region.basePort + 20;
    const listen = `/ip4/127.0.0.1/tcp/${port}`;
    const places = ['--listen', listen, '--metrics-address', `127.0.0.1:${port + 6}`];
    const made = await runCommandLine(
      'init',
      '--home',
      home,
      '--name',
      'alone',
      '--announce',
      listen,
      ...places,
    );
    assert.equal(made.code, 0, made.notes);
    const node = new NodeProcess(home);
    try {
      await until(
        () => isListening(port) && isListening(port + 6),
        () => `${node.stderr}`,
      );
      const { answer, checks, failed } = checksOf(home);
      assert.equal(answer.isRunning, true);
      const ports = checks.filter(({ name }) => name.startsWith('port of '));
      assert.deepEqual(
        ports.map(({ name, found }) => [name, found.split(': ').at(-1)]),
        ['gateway', 'metrics'].map((service) => [`port of ${service}`, 'this node listens there']),
      );
      assert.ok(!failed.includes('mode'));
      assert.match(
        checks.find(({ name }) => name === 'memory')?.found ?? '',
        /, \d\d+ MiB held by this node; /,
      );
      assert.match(
        checks.find(({ name }) => name === 'open files')?.found ?? '',
        /of process \d+ of this node/,
      );
    } finally {
      await node.stop();
    }
    assert.equal(statSync(home).mode & 0o777, 0o700);
  });
});

/** Another program at this port. */
function listeningAt(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy()).once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
