import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { defaultConfYaml } from '#libs/settings/conf-text.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { runProgram } from '../program.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-node-'));
after(() => rmSync(base, { recursive: true, force: true }));

const KEY = IdentityKey.fromSeed(new Uint8Array(32).fill(21)).secretBase64();
const VALID = defaultConfYaml(KEY);
const INVALID = 'Failed to load configuration: configuration validation failed:';

/** Runs `btcfed node` on a home that must be refused: nothing may be started. */
async function refused(conf: string | undefined, peers?: string) {
  const home = mkdtempSync(join(base, 'h-'));
  if (conf !== undefined) writeFileSync(join(home, 'conf.yaml'), conf, { mode: 0o600 });
  if (peers !== undefined) writeFileSync(join(home, 'peers.yaml'), peers);
  const [out, notes]: [string[], string[]] = [[], []];
  const code = await runProgram(['node', '--home', home], {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root: '/nowhere',
    node: process.execPath,
    readInput: async () => new Uint8Array(),
    interruption: () => NEVER_STOPPED,
    sinceStartMs: () => 0,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n'), home };
}

/** A start would fail at once for want of bundles, so a refusal here came before it. */
const NEVER_STOPPED = {
  signal: new AbortController().signal,
  onImpatience: () => assert.fail('started something'),
  onHangUp: () => assert.fail('started something'),
};

/** The generated file with one line changed. */
const having = (before: RegExp, line: string) => {
  assert.match(VALID, before);
  return VALID.replace(before, line);
};

// Every sentence of test/requirements/texts.md 2.2: the texts on stderr, and exit code 1.
const CONF_REFUSALS: readonly (readonly [string, string, string])[] = [
  [
    'a key that is not base64',
    having(/private_key: .*/, 'private_key: "!"'),
    `${INVALID} node config validation failed: private key must be valid base64: character 1 is none of base64`,
  ],
  [
    'a key of another length',
    having(/private_key: .*/, 'private_key: AAAA'),
    `${INVALID} node config validation failed: private key must be 64 bytes, got 3`,
  ],
  [
    'no address',
    having(/addresses:\n(?: {8}- .*\n)+/, 'addresses: []\n'),
    `${INVALID} network config validation failed: network.addresses cannot be empty`,
  ],
  [
    'an empty address',
    having(/- \/ip6.*/, '- ""'),
    `${INVALID} network config validation failed: invalid address at index 1: address cannot be empty`,
  ],
  [
    'host:port',
    having(/- \/ip6.*/, '- localhost:9000'),
    `${INVALID} network config validation failed: invalid address at index 1: multiaddr must start with '/'`,
  ],
  [
    'an address with a peer id',
    having(/- \/ip6.*/, '- /ip4/1.2.3.4/tcp/1/p2p/Qm'),
    `${INVALID} network config validation failed: invalid address at index 1: unsupported multiaddr format: /ip4/1.2.3.4/tcp/1/p2p/Qm`,
  ],
  [
    'no timeout',
    having(/ {4}connection_timeout: .*\n/, ''),
    `${INVALID} peers config validation failed: peers.connection_timeout must be at least 1 second`,
  ],
  [
    'a short timeout',
    having(/connection_timeout: .*/, 'connection_timeout: 999ms'),
    `${INVALID} peers config validation failed: peers.connection_timeout must be at least 1 second`,
  ],
  [
    'a short interval',
    having(/exchange_interval: .*/, 'exchange_interval: 0s'),
    `${INVALID} peers config validation failed: peers.exchange_interval must be at least 1 second`,
  ],
  [
    'a level in capitals',
    having(/level: .*/, 'level: INFO'),
    `${INVALID} logging config validation failed: logging.level must be one of: debug, info, warn, error`,
  ],
  [
    'no level',
    having(/ {4}level: .*\n/, ''),
    `${INVALID} logging config validation failed: logging.level must be one of: debug, info, warn, error`,
  ],
  [
    'another format',
    having(/format: .*/, 'format: xml'),
    `${INVALID} logging config validation failed: logging.format must be one of: json, text`,
  ],
  [
    'a file without a name',
    having(/file_name: .*/, 'file_name: ""'),
    `${INVALID} logging config validation failed: logging.file_name is required when file_output is true`,
  ],
  [
    'a file elsewhere',
    having(/file_name: .*/, 'file_name: ../x.log'),
    `${INVALID} logging config validation failed: logging.file_name must be a plain file name without a directory`,
  ],
  [
    'a size with a space',
    having(/file_max_size: .*/, 'file_max_size: 10 MB'),
    `${INVALID} logging config validation failed: logging.file_max_size format error: invalid size number: 10 `,
  ],
  [
    'a size in GB',
    having(/file_max_size: .*/, 'file_max_size: 1GB'),
    `${INVALID} logging config validation failed: logging.file_max_size format error: invalid size format, expected number or numberMB: 1GB`,
  ],
  [
    'a size without a number',
    having(/file_max_size: .*/, 'file_max_size: MB'),
    `${INVALID} logging config validation failed: logging.file_max_size format error: size value missing before MB`,
  ],
  ['an empty file', '', `${INVALID} network config validation failed: network.addresses cannot be empty`],
  [
    'a client API off loopback without a certificate',
    having(/client_address: .*/, 'client_address: 0.0.0.0:7101'),
    `${INVALID} services config validation failed: services.client_address 0.0.0.0:7101 is not on loopback: set services.client_tls_cert and services.client_tls_key, or take 127.0.0.1`,
  ],
  [
    'half a certificate',
    having(/client_tls_cert: .*/, 'client_tls_cert: a.crt'),
    `${INVALID} services config validation failed: services.client_tls_cert and services.client_tls_key need each other: set both or none`,
  ],
  [
    'a certificate elsewhere',
    having(/client_tls_cert: .*\n.*/, 'client_tls_cert: ../a.crt\n    client_tls_key: a.key'),
    `${INVALID} services config validation failed: services.client_tls_cert must be a path without ".."`,
  ],
  [
    'a newer version',
    having(/version: 1/, 'version: 9'),
    `${INVALID} version 9 is newer than 1, which this program knows: update the program`,
  ],
];

describe('btcfed node with a conf.yaml that is refused', () => {
  for (const [name, conf, sentence] of CONF_REFUSALS) {
    test(`P2P-53 LOG-21 ends with exit code 1 and the promised text for ${name}, with its place, and writes nothing`, async () => {
      const { code, out, notes, home } = await refused(conf);
      assert.deepEqual([code, out], [1, '']);
      assert.ok(notes.startsWith(sentence) && !notes.includes('\n'), notes);
      // Behind the promised text: the line, the value and what to write.
      assert.match(notes.slice(sentence.length), /^(?: \((?:line \d+|it is missing).*\))$/);
      assert.equal(readFileSync(join(home, 'conf.yaml'), 'utf8'), conf);
    });
  }

  for (const [name, conf, sentence] of [
    [
      'a bare integer for a duration',
      having(/connection_timeout: .*/, 'connection_timeout: 10'),
      /^Failed to load configuration: failed to parse YAML config: line \d+, column \d+: peers\.connection_timeout is the number 10; write a number with its unit/,
    ],
    [
      'a word for a duration',
      having(/connection_timeout: .*/, 'connection_timeout: soon'),
      /^Failed to load configuration: failed to parse YAML config: .* is the text "soon"; write a number with its unit/,
    ],
    [
      'quoted text for a boolean',
      having(/file_output: .*/, 'file_output: "true"'),
      /^Failed to load configuration: failed to parse YAML config: .*write true or false without quotes \(a bool\)/,
    ],
    [
      'a key that stands twice',
      `${VALID}\nnode: {}\n`,
      /^Failed to load configuration: failed to parse YAML config: .*the same key stands twice/,
    ],
    [
      'a torn file',
      VALID.slice(0, VALID.indexOf('addresses:') + 5),
      /^Failed to load configuration: failed to parse YAML config: line \d+/,
    ],
  ] as const) {
    test(`P2P-53 ends with exit code 1 and the place for ${name}`, async () => {
      const { code, notes } = await refused(conf);
      assert.equal(code, 1);
      assert.match(notes, sentence);
      assert.ok(!notes.includes('\n') && !notes.includes(KEY.slice(0, 20)), notes);
    });
  }

  test('P2P-53 test/requirements/contradictions.md row 24: a broken file without a key gets none', async () => {
    const conf = having(/ *private_key: .*\n/, '').replace('level: info', 'level: loud');
    const { notes, home } = await refused(conf);
    assert.match(notes, /logging\.level must be one of/);
    assert.equal(readFileSync(join(home, 'conf.yaml'), 'utf8'), conf);
  });

  test('says why defaults cannot be written', async () => {
    const file = join(base, 'a-file');
    writeFileSync(file, '');
    const notes: string[] = [];
    const code = await runProgram(['node', '--home', join(file, 'home')], {
      terminal: { out: () => {}, note: (line) => notes.push(line), isInteractive: false },
      env: {},
      root: '/nowhere',
      node: process.execPath,
      readInput: async () => new Uint8Array(),
      interruption: () => NEVER_STOPPED,
      sinceStartMs: () => 0,
    });
    assert.equal(code, 1);
    assert.match(
      notes.join('\n'),
      /^Failed to load configuration: failed to create default config file: ENOTDIR/,
    );
  });
});

describe('btcfed node with a peers.yaml that is refused', () => {
  const PREFIX =
    'Failed to start network manager: bootstrap validation failed: failed to load peers: failed to parse peer file: ';

  test('test/requirements/contradictions.md row 7: zero bytes end it with exit code 1', async () => {
    const { code, notes } = await refused(VALID, '');
    assert.deepEqual([code, notes], [1, `${PREFIX}zero bytes; write "peers: []" to run without peers`]);
  });

  test('P2P-34 a corrupted file ends it with exit code 1, and a copy is kept', async () => {
    const { code, notes, home } = await refused(VALID, 'peers: [');
    const backup = readdirSync(home).find((name) => /^peers\.yaml\.backup\.\d{8}-\d{6}$/.test(name));
    assert.equal(code, 1);
    assert.ok(backup !== undefined);
    assert.ok(notes.includes(`${PREFIX}line 1`) && notes.includes(`a copy is in ${backup}`), notes);
    assert.equal(readFileSync(join(home, backup), 'utf8'), 'peers: [');
  });

  test('P2P-51 P2P-52 P2P-66 conf.yaml is made before, with a key, for its owner alone', async () => {
    const { notes, home } = await refused(undefined, '');
    const conf = readFileSync(join(home, 'conf.yaml'), 'utf8');
    const key = /private_key: (\S+)/.exec(conf)?.[1] ?? '';
    assert.equal(conf, defaultConfYaml(key));
    assert.equal(Buffer.from(key, 'base64').length, 64);
    assert.equal(statSync(join(home, 'conf.yaml')).mode & 0o777, 0o600);
    assert.match(notes, /^default configuration written: file conf\.yaml, peer_id 12D3KooW/);
    assert.ok(!notes.includes(key));
  });

  test('P2P-52 a key is added where it is missing, and every comment stays', async () => {
    const conf = `# mine\n${having(/ *private_key: .*\n/, '')}`;
    const { home } = await refused(conf, '');
    const text = readFileSync(join(home, 'conf.yaml'), 'utf8');
    assert.match(text, /^# mine\n/);
    assert.match(text, /private_key: \S{88}\n/);
    for (const comment of conf.match(/#.*/g) ?? []) assert.ok(text.includes(comment), comment);
  });
});
