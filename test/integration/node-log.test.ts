import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { documentedNames, REFERENCE_PAGE } from '#test/support/metrics/metrics-reference.ts';
import { promtoolComplaints, withoutPromtool } from '#test/support/metrics/promtool.ts';
import { claimPortRegion, type PortRegion } from '#test/support/network/port-region.ts';
import { until, within } from '#test/support/within.ts';

const CLI = new URL('../../services/cli/main.ts', import.meta.url).pathname;

/** A node with four services starts meanwhile, on a busy machine. */
const LOG_MS_MAX = 300_000;

const SERVICES = ['config', 'consensus', 'gateway', 'signer'];

/** Where the first member shows the metrics of its services, behind the port of its gateway. */
const METRICS_OFFSET = 6;

/** The three that every start must say (test/requirements/texts.md 5.2). */
const KEY_MESSAGES = [
  'BTC Federation Node starting with config',
  'Node started successfully',
  'Listening addresses',
];

interface Line {
  readonly level: string;
  readonly time: string;
  readonly service: string;
  readonly message: string;
  readonly new_level?: string;
}

/** One member by itself, run as a person runs it, and ended before the tests read its output. */
const OF_HTTP = /^btcfed_(consensus_)?http_/;

describe('what btcfed node logs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-log-'));
  let region: PortRegion | undefined;
  let child: ChildProcess | undefined;
  const home = join(folder, 'net', 'm0');
  const logFile = join(home, 'logs', 'btc-federation.log');
  let stdout = '';
  let scrape = '';
  let live = '';
  let ready = '';
  let exitCode: number | null | undefined;

  const lines = (): readonly Line[] =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  const inLog = async (isThere: (lines: readonly Line[]) => boolean) => {
    const isLogged = () => statSync(logFile, { throwIfNoEntry: false }) !== undefined && isThere(lines());
    await until('a line of the log', isLogged, LOG_MS_MAX);
  };

  before(async () => {
    region = await claimPortRegion();
    makeHomes(join(folder, 'net'), { members: 4, basePort: region.basePort });
    writeFileSync(join(home, 'peers.yaml'), 'peers: []\n');
    // Starts in another folder, with a bare environment: the log lies beside its settings all the same.
    const node = spawn(process.execPath, [CLI, 'node', '--home', home], {
      cwd: folder,
      env: { PATH: '/nowhere', FORCE_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = node;
    const closed = once(node, 'close').then(([code]) => {
      exitCode = code;
    });
    node.stdout.on('data', (data) => {
      stdout += data;
    });
    await inLog((all) => KEY_MESSAGES.every((message) => all.some((line) => line.message === message)));
    await inLog((all) =>
      all.some((line) => line.service === 'consensus' && line.message === 'service started'),
    );
    const address = `127.0.0.1:${region.basePort + METRICS_OFFSET}`;
    scrape = await (await fetch(`http://${address}/metrics`)).text();
    live = await (await fetch(`http://${address}/livez`)).text();
    ready = await (await fetch(`http://${address}/readyz`)).text();
    const conf = join(home, 'conf.yaml');
    writeFileSync(conf, readFileSync(conf, 'utf8').replace(/level: "?info"?/, 'level: debug'));
    await inLog((all) => all.filter((line) => line.new_level === 'debug').length >= 4);
    node.kill('SIGTERM');
    await within('the end of the node', closed);
  });
  after(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
    region?.release();
  });

  test('LOG-23 LOG-12 TW-2.12.7 the file is there, is JSON, and has the three messages; the node ends well', () => {
    assert.equal(exitCode, 0);
    for (const message of KEY_MESSAGES) {
      assert.equal(lines().filter((line) => line.message === message).length, 1, message);
    }
    for (const { level, time, message } of lines()) {
      assert.match(level, /^(debug|info|warn|error)$/);
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.notEqual(message, '');
    }
  });

  test('LOG-06 LOG-17 all services write into logs/btc-federation.log of the home, mode 0640 at most', () => {
    const services = new Set(lines().map(({ service }) => service));
    assert.deepEqual([...services].sort(), SERVICES);
    assert.equal(statSync(logFile).mode & 0o777 & ~0o640, 0);
    assert.deepEqual(readdirSync(folder), ['net']);
  });

  test('LOG-03 LOG-04 the console shows the same lines in colour, and nothing else (LOG-13)', () => {
    const shown = stdout.split('\n').slice(0, -1);
    assert.equal(shown.length, lines().length);
    for (const line of shown) {
      assert.ok(
        /^\S+Z \[(36|32|33|31)m(DEBUG|INFO |WARN |ERROR)\[0m \[\w+\] /.test(line.replaceAll('\u001b', '')),
        line,
      );
    }
  });

  test('F-40 F-41 one of four members is not ready, and its probe names those that are away', () => {
    assert.match(
      ready,
      /^\[-\]consensus\.quorum failed: 1 of 4 members reachable, 3 needed; away: m1, m2, m3$/m,
    );
    assert.match(ready, /^\[\+\]consensus\.signer ok$/m);
    for (const service of SERVICES)
      assert.match(ready, new RegExp(`^\\[\\+\\]${service}\\.answers ok$`, 'm'));
    assert.match(ready, /^readyz check failed$/m);
  });

  test('LOG-02 a changed logging.level acts in all four services without a restart', () => {
    const told = lines().filter((line) => line.new_level === 'debug');
    assert.deepEqual(told.map(({ service }) => service).sort(), ['config', 'consensus', 'gateway', 'signer']);
    assert.ok(lines().some(({ level }) => level === 'debug'));
  });

  test('LOG-16 no private key is in any file of the logs, nor on the console', () => {
    const keys = [
      /private_key: "?([A-Za-z0-9+/]{86}==)/.exec(readFileSync(join(home, 'conf.yaml'), 'utf8'))?.[1],
    ];
    assert.equal(typeof keys[0], 'string');
    const texts = [
      stdout,
      ...readdirSync(join(home, 'logs')).map((name) => readFileSync(join(home, 'logs', name), 'utf8')),
    ];
    for (const text of texts) assert.equal(text.includes(String(keys[0])), false);
  });

  test('P2P-94 one address of the node has the metrics of every service, and all that the page of them has for it', () => {
    const page = readFileSync(new URL(`../../${REFERENCE_PAGE}`, import.meta.url), 'utf8');
    const documented = new Set([...SERVICES, 'node'].flatMap((service) => documentedNames(service, page)));
    // A member whose chain speaks HTTP has these in place of a gateway (services/consensus/TINYWEB.md).
    for (const name of documented) if (OF_HTTP.test(name)) documented.delete(name);
    const names = [...scrape.matchAll(/^# HELP (btcfed_\w+) \S/gm)].map(([, name]) => String(name));
    assert.deepEqual(names.sort(), [...documented].sort());
    for (const service of SERVICES) {
      const named = `service="${service}",member="m0",chain="local"`;
      const has = (name: string) =>
        scrape.split('\n').some((line) => line.startsWith(name) && line.includes(named));
      assert.ok(has('process_cpu_seconds_total'), service);
      const up = `btcfed_node_service_up_info{of_service="${service}",service="node",member="m0",chain="local"} 1`;
      assert.ok(scrape.split('\n').includes(up), `no line: ${up}`);
    }
    const members = /^btcfed_consensus_members{service="consensus",member="m0",chain="local"} 4$/m;
    assert.match(scrape, members);
  });

  test('F-44: a node with the settings that testnet writes shows metrics and says that it lives, at one port on loopback', () => {
    assert.equal(live, 'ok\n');
    const served = lines().filter(({ message }) => message === 'metrics are served');
    assert.deepEqual(served.map(({ service }) => service).sort(), SERVICES);
    assert.equal(
      lines().filter(({ message }) => message.startsWith('metrics are') && message !== 'metrics are served')
        .length,
      0,
    );
    for (const service of SERVICES) {
      const build = `btcfed_build_info{version="${SOFTWARE_VERSION}",node_version="${process.versions.node}",service="${service}",member="m0",chain="local"} 1`;
      assert.ok(scrape.split('\n').includes(build), `${service} does not say: ${build}`);
    }
  });

  test('F-44: promtool takes what a node shows', { skip: withoutPromtool }, () => {
    assert.deepEqual(promtoolComplaints(scrape), []);
  });

  test('LOG-13 nothing was printed outside the log', () => {
    for (const name of readdirSync(join(home, 'logs'))) {
      if (name.endsWith('.stderr.log')) assert.equal(statSync(join(home, 'logs', name)).size, 0, name);
    }
  });
});
