import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { parsePeersYaml, peersYaml } from '#libs/settings/peers-yaml.ts';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { takePort } from '#test/support/network/taken-port.ts';
import { runCommandLine as btcfed } from '#test/support/programs/command-line.ts';
import { connectionsAt, isListening, NodeProcess, until } from '#test/support/programs/node-process.ts';

// btcfed as a stranger runs it: real processes, files and signals; test/requirements/texts.md 2.1 to 2.3.

const folder = mkdtempSync(join(tmpdir(), 'node-settings-'));
const region = await claimPortRegion();
after(() => {
  region.release();
  rmSync(folder, { recursive: true, force: true });
});

const identity = (seed: number) => IdentityKey.fromSeed(new Uint8Array(32).fill(seed));

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

function childrenOf({ child: { pid } }: NodeProcess): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

function gatewayOf(node: NodeProcess): number {
  return (
    childrenOf(node).find((child) => commandOf(child).includes('gateway.js')) ?? assert.fail('no gateway')
  );
}

interface Home {
  readonly home: string;
  readonly conf: string;
  readonly peers: string;
  readonly port: number;
  write(values?: Partial<Parameters<typeof confYaml>[0]>): void;
}

/** A home with conf.yaml and peers.yaml alone, that knows the other one. */
function homeOf(seed: number, other: number): Home {
  const home = join(folder, `n${seed}`);
  mkdirSync(home);
  const [conf, peers] = [join(home, 'conf.yaml'), join(home, 'peers.yaml')];
  const address = (of: number) => `/ip4/127.0.0.1/tcp/${region.basePort + of}`;
  const values = {
    privateKey: identity(seed).secretBase64(),
    networkAddresses: [address(seed)],
    metricsAddress: `127.0.0.1:${region.basePort + 10 * seed}`,
  };
  const write: Home['write'] = (more = {}) =>
    writeFileSync(conf, confYaml({ ...values, ...more }), { mode: 0o600 });
  write();
  writeFileSync(peers, peersYaml([{ publicKey: identity(other).publicKey, addresses: [address(other)] }]));
  return { home, conf, peers, port: region.basePort + seed, write };
}

describe('two nodes without a chain', () => {
  const [a, b] = [homeOf(1, 2), homeOf(2, 1)];
  let nodes: readonly NodeProcess[] = [];
  let first: NodeProcess;

  before(async () => {
    nodes = [new NodeProcess(a.home), new NodeProcess(b.home)];
    first = nodes[0] ?? assert.fail();
    for (const node of nodes) {
      await node.saysOnStderr('without a chain ("btcfed init --help" tells how a home gets one)');
      await node.logs('NetworkManager: Bootstrap successful');
    }
  });
  after(() => Promise.all(nodes.map((node) => node.stop())));

  test('P2P-26 P2P-30 LOG-12 TW-2.12.1 run with conf.yaml and peers.yaml alone, find each other, and make nothing else', () => {
    for (const message of [
      'Node started successfully',
      'Listening addresses',
      'Network manager started successfully',
    ]) {
      assert.equal(first.said(message), 1, message);
    }
    assert.deepEqual(
      readdirSync(a.home).filter((name) => !name.startsWith('.')),
      ['conf.yaml', 'logs', 'peers.yaml', 'run'],
    );
  });

  test('P2P-55 P2P-56 P2P-61 SIGHUP changes the level of every service, on the very same sockets', async () => {
    // Both dial at once, and one of the two connections goes: each is seen at both ends.
    await until(
      () => connectionsAt([a.port, b.port]).length === 2,
      () => `${connectionsAt([a.port, b.port])}`,
    );
    const sockets = connectionsAt([a.port, b.port]);
    a.write({ logLevel: 'debug', connectionTimeoutMs: 7_000 });
    first.child.kill('SIGHUP');
    await first.saysOnStderr('SIGHUP: reloaded in');
    const changed = first.log.filter(({ message }) => message === 'configuration key changed');
    assert.deepEqual(
      changed.map(({ setting, before: old, after: now }) => [setting, old, now]),
      [
        ['peers.connection_timeout', '10s', '7s'],
        ['logging.level', 'info', 'debug'],
      ],
    );
    for (const service of ['config', 'gateway']) {
      await until(
        () => first.said('log level changed', service) === 1,
        () => `${service} logs as before`,
      );
    }
    assert.deepEqual(connectionsAt([a.port, b.port]), sockets);
  });

  test('P2P-54 P2P-56 a broken file on reload changes nothing, is said, and is mended by the next one', async () => {
    const sockets = connectionsAt([a.port, b.port]);
    writeFileSync(a.conf, 'node: [');
    const broken = await btcfed('config', 'reload', '--home', a.home, '--json');
    assert.equal(broken.code, 1);
    assert.match(
      JSON.parse(broken.out).reason,
      /^Failed to load configuration: failed to parse YAML config: line 1/,
    );
    assert.equal(JSON.parse(broken.out).errorClass, 'configuration');
    const shown = await btcfed('config', 'reload', '--home', a.home);
    assert.match(shown.notes, /^reload refused, everything runs as before: Failed to load configuration/);
    a.write({ logLevel: 'info', connectionTimeoutMs: 7_000 });
    assert.equal((await btcfed('config', 'reload', '--home', a.home)).code, 0);
    assert.deepEqual(connectionsAt([a.port, b.port]), sockets);
  });

  test('F-50 config show knows that the node of this home runs, with --effective or without', async () => {
    const runningOf = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await btcfed('config', 'show', '--json', ...args)).out).running;
    assert.equal(await runningOf('--home', a.home), true);
    assert.equal(await runningOf('--home', a.home, '--effective'), true);
  });

  test('P2P-57 P2P-63 an address that is taken is refused by the gateway, and the level stays for all', async () => {
    const taken = await takePort();
    try {
      const networkAddresses = [`/ip4/127.0.0.1/tcp/${taken.port}`];
      a.write({ logLevel: 'debug', networkAddresses, connectionTimeoutMs: 7_000 });
      const { code, notes } = await btcfed('config', 'reload', '--home', a.home);
      assert.equal(code, 1);
      assert.match(notes, /gateway refuses: network\.addresses: cannot listen on .*: the port is in use/);
      const validated = await btcfed('config', 'validate', '--home', a.home, '--json');
      assert.deepEqual([validated.code, JSON.parse(validated.out).problems.length], [1, 1]);
      const { out } = await btcfed('config', 'show', '--effective', '--json', '--home', a.home);
      const keys: readonly { key: string; value: string; nextStart?: string }[] = JSON.parse(out).keys;
      const level = keys.find(({ key }) => key === 'logging.level');
      assert.deepEqual([level?.value, level?.nextStart], ['info', 'debug']);
    } finally {
      taken.release();
    }
    a.write({ connectionTimeoutMs: 7_000 });
    assert.equal((await btcfed('config', 'reload', '--home', a.home)).code, 0);
  });

  test('P2P-56 P2P-58 P2P-67 twenty signals in a second: the last file is in force, and no socket changed', async () => {
    const sockets = connectionsAt([a.port, b.port]);
    for (let round = 0; round < 20; round++) {
      a.write({ connectionTimeoutMs: (10 + round) * 1_000 });
      first.child.kill('SIGHUP');
    }
    const { code } = await btcfed('config', 'reload', '--home', a.home);
    assert.equal(code, 0);
    const { out } = await btcfed('config', 'diff', '--home', a.home, '--json');
    assert.deepEqual(JSON.parse(out), { keys: [], peers: [] });
    const shown = await btcfed('config', 'show', '--effective', '--home', a.home);
    assert.match(shown.out, /^peers\.connection_timeout +live +29s$/m);
    assert.deepEqual(connectionsAt([a.port, b.port]), sockets);
  });

  test('P2P-56 P2P-57 LOG-06 SIGHUP moves the listening port and the log file, on the very same sockets', async () => {
    const sockets = connectionsAt([a.port, b.port]);
    const conf = readFileSync(a.conf, 'utf8');
    const moved = a.port + 50;
    const told = first.said('configuration key changed');
    const text = conf
      .replace(`/tcp/${a.port}`, `/tcp/${moved}`)
      .replace('btc-federation.log', 'second.log')
      .replace('file_max_size: 10MB', 'file_max_size: 11MB');
    writeFileSync(a.conf, text);
    first.child.kill('SIGHUP');
    const second = join(a.home, 'logs', 'second.log');
    // Each line is in one file: that of its moment.
    await until(
      () => existsSync(second) && first.said('configuration key changed') === told + 3,
      () => 'not all keys changed',
    );
    await until(
      () => isListening(moved) && !isListening(a.port),
      () => 'the port did not move',
    );
    assert.deepEqual(connectionsAt([a.port, b.port]), sockets);
    process.kill(gatewayOf(first), 'SIGUSR2');
    await until(
      () => /"service":"gateway".*log level changed/.test(readFileSync(second, 'utf8')),
      () => 'the gateway does not write into the new file',
    );
    process.kill(gatewayOf(first), 'SIGUSR2');
    writeFileSync(a.conf, conf);
    assert.equal((await btcfed('config', 'reload', '--home', a.home)).code, 0);
    assert.deepEqual([isListening(a.port), isListening(moved)], [true, false]);
    assert.deepEqual(connectionsAt([a.port, b.port]), sockets);
  });

  test('P2P-63 P2P-65 a log file that cannot be written is refused, and all log where they did', async () => {
    const conf = readFileSync(a.conf, 'utf8');
    mkdirSync(join(a.home, 'logs', 'folder.log'));
    writeFileSync(a.conf, conf.replace('btc-federation.log', 'folder.log'));
    const { code, notes } = await btcfed('config', 'reload', '--home', a.home);
    writeFileSync(a.conf, conf);
    assert.equal((await btcfed('config', 'reload', '--home', a.home)).code, 0);
    assert.equal(code, 1);
    assert.match(notes, /config refuses: logging\.file_name: .*folder\.log is no file/);
  });

  test('P2P-66 no signal opens a debugger in a service, which would show its memory to whoever reaches the port', async () => {
    const services = childrenOf(first).filter((child) => /(?:config|gateway)\.js/.test(commandOf(child)));
    assert.equal(services.length, 2);
    const told = first.said('log level changed');
    for (const service of services) {
      process.kill(service, 'SIGUSR1');
      process.kill(service, 'SIGUSR2');
    }
    await first.logs('log level changed', told + 2);
    for (const service of ['config', 'gateway']) {
      const file = join(a.home, 'logs', `${service}.stderr.log`);
      const said = existsSync(file) ? readFileSync(file, 'utf8') : '';
      assert.doesNotMatch(`${said}${first.stderr}`, /Debugger/);
    }
    for (const service of services) process.kill(service, 'SIGUSR2');
    await first.logs('log level changed', told + 4);
  });

  test('btcfed config diff shows what a reload would change, live or at the next start', async () => {
    const before = readFileSync(a.peers, 'utf8');
    a.write({ logLevel: 'warn', natsUrl: 'nats://u:secret@127.0.0.1:1', connectionTimeoutMs: 29_000 });
    const peer = { publicKey: identity(9).publicKey, addresses: ['/ip4/127.0.0.1/tcp/1'] };
    writeFileSync(a.peers, peersYaml([...parsePeersYaml(before).peers, peer]));
    const { code, out } = await btcfed('config', 'diff', '--home', a.home);
    assert.equal(code, 0);
    // The watch of the files may have been quicker than the test: then only the keys that wait for a start are left.
    assert.match(out, /^restart {2}services\.nats_url: {2}-> nats:\/\/\[hidden\]@127\.0\.0\.1:1$/m);
    assert.doesNotMatch(out, /secret/);
    writeFileSync(a.peers, before);
    a.write({ connectionTimeoutMs: 29_000 });
    assert.equal((await btcfed('config', 'reload', '--home', a.home)).code, 0);
  });

  test('P2P-66 LOG-16 no key is in any log, nor on a terminal', async () => {
    for (const [node, seed] of [
      [nodes[0], 1],
      [nodes[1], 2],
    ] as const) {
      const key = identity(seed);
      const seedText = Buffer.from(key.secretBytes()).toString('hex', 0, 32);
      for (const secret of [key.secretBase64().slice(0, 40), seedText]) {
        assert.ok(!JSON.stringify(node?.log).includes(secret));
        assert.ok(!node?.stderr.includes(secret));
      }
    }
  });

  test('a second node in the same home is refused, and the first goes on', async () => {
    const second = new NodeProcess(a.home);
    assert.equal(await second.exit, 1);
    assert.match(second.stderr, /runs already from/);
    assert.equal((await btcfed('config', 'reload', '--home', a.home)).code, 0);
  });

  test('P2P-24 SIGINT and SIGTERM end a node with exit code 0, files intact', async () => {
    assert.equal(await nodes[1]?.stop('SIGINT'), 0);
    assert.equal(await first.stop('SIGTERM'), 0);
    for (const node of nodes) {
      assert.equal(node.said('Shutdown complete'), 1);
      const { identity: own } = parseConfYaml(
        readFileSync(join(node.home, 'conf.yaml'), 'utf8'),
      ).configuration;
      assert.ok(own.halvesAgree);
    }
    const { code, notes } = await btcfed('config', 'reload', '--home', a.home);
    assert.deepEqual([code, /^btcfed: no node runs from /.test(notes)], [3, true]);
  });
});

describe('a node that is started', () => {
  test('P2P-51 143 when SIGTERM comes before it is up, and defaults are there', async () => {
    const home = join(folder, 'fresh');
    mkdirSync(home);
    const node = new NodeProcess(home, []);
    await until(
      () => existsSync(join(home, 'conf.yaml')),
      () => 'no defaults',
    );
    assert.equal(await node.stop('SIGTERM'), 143);
    assert.equal(statSync(join(home, 'conf.yaml')).mode & 0o777, 0o600);
    parseConfYaml(readFileSync(join(home, 'conf.yaml'), 'utf8'));
  });

  test('P2P-02 exit code 1 when none of its addresses can be bound', async () => {
    const home = join(folder, 'unbindable');
    mkdirSync(home);
    const values = {
      privateKey: identity(4).secretBase64(),
      networkAddresses: ['/ip4/203.0.113.7/tcp/9000'],
    };
    writeFileSync(join(home, 'conf.yaml'), confYaml(values), { mode: 0o600 });
    const node = new NodeProcess(home);
    assert.equal(await node.exit, 1);
    assert.match(node.stderr, /node gateway did not start: .*203\.0\.113\.7/);
  });
});

describe('btcfed config without a node', () => {
  const home = join(folder, 'offline');
  const conf = join(home, 'conf.yaml');
  const UPSTREAM = `# mine\nnode:\n    private_key: ${identity(5).secretBase64()}\nnetwork:\n    addresses:\n        - /ip4/127.0.0.1/tcp/0\npeers:\n    connection_timeout: 10s\nlogging:\n    level: info\n    format: json\n    levle: x\n`;
  before(() => {
    mkdirSync(home);
    writeFileSync(conf, UPSTREAM, { mode: 0o600 });
  });

  test('P2P-63 F-46: validate says valid with warnings, and refuses with line, value and cure', async () => {
    const { code, out, notes } = await btcfed('config', 'validate', '--home', home);
    assert.deepEqual([code, out], [0, 'conf.yaml and peers.yaml are valid: 0 peers']);
    assert.match(
      notes,
      /^warning: conf\.yaml: line 12: unknown key logging\.levle, ignored; did you mean logging\.level\?$/,
    );
    writeFileSync(conf, UPSTREAM.replace('level: info', 'level: loud'));
    const refused = await btcfed('config', 'validate', '--home', home);
    assert.equal(refused.code, 1);
    assert.deepEqual(refused.notes.split('\n'), [
      'conf.yaml, line 10: logging.level must be one of: debug, info, warn, error; it is "loud"',
      'warning: conf.yaml: line 12: unknown key logging.levle, ignored; did you mean logging.level?',
    ]);
    writeFileSync(conf, UPSTREAM);
    const genesis = join(home, 'genesis.json');
    writeFileSync(genesis, '{\n  "version": 2\n}\n');
    const unbound = await btcfed('config', 'validate', '--home', home);
    rmSync(genesis);
    assert.equal(unbound.code, 1);
    assert.match(unbound.notes, /^\/.*\/genesis\.json, line 2: version: expected 1, .*; it is 2/);
  });

  test('show marks each key live or restart, defaults included, and no secret', async () => {
    const { out } = await btcfed('config', 'show', '--home', home);
    assert.match(out, /^node\.private_key +restart +\[hidden\] of peer 12D3KooW/m);
    assert.match(out, /^logging\.level +live +info$/m);
    assert.match(out, /^services\.client_address +restart +127\.0\.0\.1:7101$/m);
    assert.match(out, /^metrics\.enabled +restart +true\nmetrics\.address +restart +127\.0\.0\.1:7106$/m);
    assert.ok(!out.includes(identity(5).secretBase64().slice(0, 20)));
  });

  test('F-50 config show says that no node runs from a home where none does', async () => {
    const { out } = await btcfed('config', 'show', '--json', '--home', home);
    assert.equal(JSON.parse(out).running, false);
  });

  test('P2P-42 P2P-64 migrate says what it would do, does it once, and keeps comments and a copy', async () => {
    const planned = await btcfed('config', 'migrate', '--home', home, '--dry-run');
    assert.equal(planned.out, 'conf.yaml would go from version 0 to 1');
    assert.equal(readFileSync(conf, 'utf8'), UPSTREAM);
    const { code, out } = await btcfed('config', 'migrate', '--home', home, '--json');
    const { backup } = JSON.parse(out).files[0];
    assert.equal(code, 0);
    assert.match(readFileSync(conf, 'utf8'), /^# mine\nversion: 1\n/);
    assert.equal(readFileSync(join(home, backup), 'utf8'), UPSTREAM);
    assert.deepEqual(
      [statSync(conf).mode & 0o777, statSync(join(home, backup)).mode & 0o777],
      [0o600, 0o600],
    );
    const again = await btcfed('config', 'migrate', '--home', home);
    assert.equal(again.out, 'conf.yaml has the newest format, version 1');
  });

  test('diff and reload have exit code 3', async () => {
    for (const command of ['diff', 'reload']) {
      assert.equal((await btcfed('config', command, '--home', home)).code, 3);
    }
  });
});

/** Certificate and key of a client, by the names of their files. */
function pairOf(name: string, authority: ReturnType<typeof createAuthority>) {
  const request = { commonName: name, dnsNames: [], ipAddresses: [], days: 2, usage: 'client' } as const;
  const { certificate, key } = issueCertificate(authority, request);
  return [[`${name}.crt`, certificate] as const, [`${name}.key`, key] as const];
}

describe('a member whose clients come by TLS', () => {
  test('F-33: is found by its home alone, asks for certificates (F-34), and takes part in reloads', async () => {
    const out = join(folder, 'net');
    makeHomes(out, { members: 4, basePort: region.basePort + 50 });
    const home = join(out, 'm0');
    const authority = createAuthority('clients', 2);
    const names = { commonName: 'm0', dnsNames: ['m0.example'], ipAddresses: ['127.0.0.1'] };
    const { certificate, key } = issueCertificate(authority, { ...names, days: 2, usage: 'server' });
    for (const [name, text] of [
      ['client.crt', certificate],
      ['client.key', key],
      ['client-ca.crt', authority.certificate],
      ...pairOf('wallet', authority),
      ...pairOf('stranger', createAuthority('strangers', 2)),
    ] as const)
      writeFileSync(join(home, 'tls', name), text, { mode: 0o600 });
    const conf = join(home, 'conf.yaml');
    const plain = readFileSync(conf, 'utf8');
    writeFileSync(
      conf,
      plain
        .replace(/client_tls_cert: .*/, 'client_tls_cert: tls/client.crt')
        .replace(/client_tls_key: .*/, 'client_tls_key: tls/client.key')
        .replace(/client_tls_ca: .*/, 'client_tls_ca: tls/client-ca.crt'),
    );
    const node = new NodeProcess(home);
    try {
      await node.saysOnStderr('m0 serves clients at');
      const status = await btcfed('status', '--home', home, '--tls-ca', join(home, 'tls', 'client-ca.crt'));
      assert.match(status.out, /^member +m0/m);
      const byHome = await btcfed('status', '--home', home);
      assert.match(byHome.out, /^member +m0/m);
      const showing = (name: string) => [
        ...['status', '--home', home, '--tls-ca', join(home, 'tls', 'client-ca.crt')],
        ...['--tls-cert', join(home, 'tls', `${name}.crt`), '--tls-key', join(home, 'tls', `${name}.key`)],
      ];
      assert.match((await btcfed(...showing('wallet'))).out, /^member +m0/m);
      const refused = await btcfed(...showing('stranger'));
      assert.match(refused.notes, /the client certificate is not of an authority that this server trusts/);
      writeFileSync(conf, readFileSync(conf, 'utf8').replace('level: info', 'level: warn'));
      assert.equal((await btcfed('config', 'reload', '--home', home)).code, 0);
      for (const service of ['config', 'gateway', 'consensus', 'signer']) {
        await until(
          () => node.said('log level changed', service) === 1,
          () => `${service} logs as before`,
        );
      }
    } finally {
      assert.equal(await node.stop(), 0);
    }
  });
});
