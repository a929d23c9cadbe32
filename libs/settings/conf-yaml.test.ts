import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { confYaml, defaultConfYaml } from './conf-text.ts';
import { parseConfYaml, unknownKeysOf } from './conf-yaml.ts';
import { KEY_TABLE } from './key-table.ts';
import { IdentityKey } from './keys.ts';

const KEY = IdentityKey.fromSeed(new Uint8Array(32).fill(5)).secretBase64();
const DEFAULT = defaultConfYaml(KEY);
const INVALID = 'configuration validation failed: ';

/** The default file with `key:` set to `value`, or without the line when there is no value. */
function conf(key: string, value?: string): string {
  const line = new RegExp(`^( *)${key}:.*\n`, 'm');
  assert.match(DEFAULT, line);
  return DEFAULT.replace(line, value === undefined ? '' : `$1${key}: ${value}\n`);
}

function withAddresses(...addresses: readonly string[]): string {
  const list = addresses.map((address) => `        - ${address}`).join('\n');
  return DEFAULT.replace(/ {4}addresses:\n(?: {8}- .*\n)+/, `    addresses:\n${list}\n`);
}

function failure(text: string): string {
  try {
    parseConfYaml(text);
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'SettingsError', String(error));
    assert.ok(!error.message.includes(KEY), 'P2P-66: the key is in the message');
    return error.message;
  }
  return assert.fail('accepted');
}

/** Every key there is, and none with its default. */
const ALL_OTHER = `version: 1
node:
    private_key: ${KEY}
network:
    addresses: [/ip4/10.0.0.1/tcp/1, /ip6/::1/tcp/2]
peers:
    connection_timeout: 3s
    exchange_interval: 4m
    delinquent_timeout: 2m30s
logging:
    level: warn
    format: text
    console_output: false
    console_color: false
    file_output: true
    file_name: other.log
    file_max_size: 512kB
    file_max_count: 7
services:
    client_address: 127.0.0.1:8101
    signer_address: 127.0.0.1:8102
    client_tls_cert: cert.pem
    client_tls_key: key.pem
    client_tls_ca: ca.pem
    nats_url: nats://127.0.0.1:4222
metrics:
    enabled: no
    address: 10.0.0.1:9100
tracing:
    endpoint: http://10.0.0.1:4318
    sample: 0.5
events:
    transactions: on
`;

describe('parseConfYaml', () => {
  test('P2P-50 reads every key as it is written', () => {
    const { configuration, warnings } = parseConfYaml(ALL_OTHER);
    const { identity, ...rest } = configuration;
    assert.equal(identity.secretBase64(), KEY);
    assert.deepEqual(warnings, []);
    assert.deepEqual(rest, {
      networkAddresses: ['/ip4/10.0.0.1/tcp/1', '/ip6/::1/tcp/2'],
      connectionTimeoutMs: 3_000,
      exchangeIntervalMs: 240_000,
      delinquentTimeoutMs: 150_000,
      logging: {
        level: 'warn',
        format: 'text',
        consoleOutput: false,
        consoleColor: false,
        fileOutput: true,
        fileName: 'other.log',
        fileSizeBytesMax: 512 * 1024,
        fileCountMax: 7,
      },
      services: {
        clientAddress: '127.0.0.1:8101',
        signerAddress: '127.0.0.1:8102',
        clientTlsCert: 'cert.pem',
        clientTlsKey: 'key.pem',
        clientTlsCa: 'ca.pem',
        natsUrl: 'nats://127.0.0.1:4222',
      },
      metrics: { enabled: false, address: '10.0.0.1:9100' },
      tracing: { endpoint: 'http://10.0.0.1:4318', sample: 0.5 },
      events: { transactions: true },
    });
    const keys = [...ALL_OTHER.matchAll(/^ +(?<key>\w+):/gm)].map(({ groups }) => groups?.['key']);
    assert.deepEqual(
      new Set(keys),
      new Set(KEY_TABLE.map(({ key }) => key.split('.').at(-1)).concat('private_key')),
    );
  });

  test('P2P-02 P2P-50 P2P-51 LOG-22 reads the documented defaults from the generated file', () => {
    const { configuration, warnings } = parseConfYaml(DEFAULT);
    const { identity, ...rest } = configuration;
    assert.equal(identity.secretBase64(), KEY);
    assert.deepEqual(warnings, []);
    assert.deepEqual(rest, {
      networkAddresses: ['/ip4/0.0.0.0/tcp/9000', '/ip6/::/tcp/9000'],
      connectionTimeoutMs: 10_000,
      exchangeIntervalMs: 30_000,
      delinquentTimeoutMs: 60_000,
      logging: {
        level: 'info',
        format: 'json',
        consoleOutput: true,
        consoleColor: true,
        fileOutput: true,
        fileName: 'btc-federation.log',
        fileSizeBytesMax: 10 * 1024 * 1024,
        fileCountMax: 10,
      },
      services: {
        clientAddress: '127.0.0.1:7101',
        signerAddress: '127.0.0.1:7102',
        clientTlsCert: '',
        clientTlsKey: '',
        clientTlsCa: '',
        natsUrl: '',
      },
      metrics: { enabled: true, address: '127.0.0.1:7106' },
      tracing: { endpoint: '', sample: 1 },
      events: { transactions: false },
    });
  });

  test('reads a file without our own section and without optional keys', () => {
    const text = `{node: {private_key: "${KEY}"}, network: {addresses: [/ip4/1.2.3.4/tcp/0]}, peers: {connection_timeout: 1m30s}, logging: {level: warn, format: text}}`;
    const { configuration } = parseConfYaml(text);
    assert.equal(configuration.connectionTimeoutMs, 90_000);
    assert.equal(configuration.exchangeIntervalMs, 30_000);
    assert.equal(configuration.services.signerAddress, '127.0.0.1:7102');
    assert.equal(configuration.logging.fileOutput, false);
    assert.equal(configuration.logging.fileName, '');
    assert.equal(configuration.logging.fileCountMax, 10);
  });

  for (const address of [
    '/ip4/127.0.0.1/tcp/0',
    '/ip4/999.999.999.999/tcp/9000',
    '/ip6/::1/tcp/70000',
    '/dns4/node.example/tcp/9000',
    '/dns6/node.example/tcp/9000',
    '/ip4/0.0.0.0/udp/9000/quic',
  ]) {
    test(`accepts the listen address ${address}`, () => {
      assert.deepEqual(parseConfYaml(withAddresses(address)).configuration.networkAddresses, [address]);
    });
  }

  for (const address of [
    '/dns/node.example/tcp/9000',
    '/ip4/1.2.3.4/tcp/9000/p2p/12D3KooWBJFxvDx3UFEXK3rTkqXsPo9yFPMf9HVbH255C6Ssqhpc',
    '/ip4/1.2.3.4/tcp/9000/ws',
    '/ip4/1.2.3.4/udp/9000/quic-v1',
    '/ip4/localhost/tcp/9000',
    '/ip4/1.2.3.4/tcp/',
  ]) {
    test(`refuses the listen address ${address}`, () => {
      assert.equal(
        failure(withAddresses(address)),
        `${INVALID}network config validation failed: invalid address at index 0: unsupported multiaddr format: ${address} (line 16: write it as /ip4/0.0.0.0/tcp/9000, also with ip6, dns4 or dns6, and without a peer id)`,
      );
    });
  }

  test('names the first of several errors in the order node, network, peers, logging, services, metrics, tracing', () => {
    const broken = confYaml({
      privateKey: 'AAAA',
      networkAddresses: ['x'],
      connectionTimeoutMs: 1,
      logLevel: 'loud',
      clientAddress: 'x',
      metricsAddress: 'y',
      tracingEndpoint: 'z',
    });
    const order: (string | undefined)[] = [];
    let text = broken;
    for (const [wrong, right] of [
      ['AAAA', KEY],
      ['- x', '- /ip4/1.1.1.1/tcp/1'],
      ['connection_timeout: 1ms', 'connection_timeout: 1s'],
      ['loud', 'info'],
      ['client_address: "x"', 'client_address: 127.0.0.1:7101'],
      ['address: "y"', 'address: 127.0.0.1:7106'],
    ] as const) {
      order.push(/failed: (\w+) config/.exec(failure(text))?.[1]);
      text = text.replace(wrong, right);
    }
    order.push(/failed: (\w+) config/.exec(failure(text))?.[1]);
    assert.deepEqual(order, ['node', 'network', 'peers', 'logging', 'services', 'metrics', 'tracing']);
  });

  for (const [word, value] of [
    ['yes', true],
    ['On', true],
    ['y', true],
    ['TRUE', true],
    ['~', false],
    ['no', false],
    ['OFF', false],
    ['N', false],
    ['False', false],
  ] as const) {
    test(`reads the boolean ${word}`, () => {
      assert.equal(parseConfYaml(conf('console_color', word)).configuration.logging.consoleColor, value);
    });
  }

  for (const [key, value, message] of [
    [
      'console_color',
      '"yes"',
      'column 20: logging.console_color is the text "yes"; write true or false without quotes (a bool)',
    ],
    [
      'console_color',
      'maybe',
      'column 20: logging.console_color is the text "maybe"; write true or false without quotes (a bool)',
    ],
    [
      'console_output',
      '1',
      'column 21: logging.console_output is the number 1; write true or false without quotes (a bool)',
    ],
    [
      'connection_timeout',
      '10',
      'column 25: peers.connection_timeout is the number 10; write a number with its unit, such as 10s, 1m30s or 1500ms',
    ],
    [
      'connection_timeout',
      'soon',
      'column 25: peers.connection_timeout is the text "soon"; write a number with its unit, such as 10s, 1m30s or 1500ms',
    ],
    [
      'exchange_interval',
      '[1s]',
      'column 24: peers.exchange_interval is a list; write a number with its unit, such as 10s, 1m30s or 1500ms',
    ],
    ['private_key', '[AAAA]', 'column 18: node.private_key is a list; write one value'],
  ] as const) {
    test(`F-46: refuses ${key}: ${value} with its position, its key and what to write`, () => {
      const text = conf(key, value);
      const line = text.slice(0, text.indexOf(`${key}: ${value}`)).split('\n').length;
      assert.equal(failure(text), `failed to parse YAML config: line ${line}, ${message}`);
    });
  }

  for (const [name, text, message] of [
    [
      'a duplicate key',
      `${DEFAULT}\nnode: {}\n`,
      /^failed to parse YAML config: line \d+, column 1: the same key stands twice/,
    ],
    ['a tab', 'node:\n\tprivate_key: x\n', /line 2, column 1: a tab as indentation/],
    ['a section that is text', `node: ${KEY}\n`, /line 1, column 7: node is one value; write its keys/],
    ['a list as the file', '- 1\n', /line 1, column 1: the file is a list; write sections/],
    ['two documents', `${DEFAULT}---\n${DEFAULT}`, /a second document/],
    ['an alias', 'network: &a {addresses: []}\npeers: *a\n', /line 2, column 8: peers is an alias/],
    [
      'an open quote after the key',
      `node:\n  private_key: "${KEY}\n`,
      /^failed to parse YAML config: line \d/,
    ],
    [
      'the key where it does not belong',
      `node:\n  private_key: "x" ${KEY}\n`,
      /^failed to parse YAML config: line 2/,
    ],
    ['a file that is too large', `#${' '.repeat(1024 * 1024)}`, /larger than 1048576 bytes/],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.match(failure(text), message);
    });
  }

  test('warns of unknown keys, with the key that was meant, and ignores them', () => {
    const text = `${conf('level', 'info\n    levle: debug')}\nlog: 1\nextra_section: {a: 1}\n${KEY.slice(0, 20)}: 1\n`;
    const { warnings } = parseConfYaml(text);
    assert.equal(warnings.length, 4);
    assert.match(warnings.join('\n'), /unknown key logging\.levle, ignored; did you mean logging\.level\?/);
    assert.match(warnings.join('\n'), /line \d+: unknown key extra_section, ignored$/m);
  });

  test('names unknown keys of a file that is refused too, and nothing of one that is no YAML', () => {
    assert.deepEqual(unknownKeysOf('network:\n  adresses: []\n'), [
      'line 2: unknown key network.adresses, ignored; did you mean network.addresses?',
    ]);
    assert.deepEqual(unknownKeysOf('network: [\n'), []);
  });

  test('P2P-66 does not repeat an unknown key that may be a secret', () => {
    const { warnings } = parseConfYaml(`${DEFAULT}\n${KEY}: 1\n`);
    assert.equal(warnings.length, 1);
    assert.ok(!warnings.join().includes(KEY));
  });

  test('suggests a section, and a key of another section', () => {
    assert.match(parseConfYaml(`${DEFAULT}\nnetwrk: 1\n`).warnings.join(), /did you mean network\?/);
    const elsewhere = parseConfYaml(conf('signer_address', '127.0.0.1:9\n    addresses: 1')).warnings.join();
    assert.match(elsewhere, /did you mean network\.addresses\?/);
    const nearest = parseConfYaml(conf('level', 'info\n    nodee: 1\n    client_addres: 1')).warnings.join();
    assert.match(nearest, /did you mean node\?.*did you mean services\.client_address\?/);
  });

  test('takes a number as text where text is wanted, as it is written', () => {
    assert.equal(parseConfYaml(conf('file_name', '1e3')).configuration.logging.fileName, '1e3');
  });

  test('finds a key in the wrong section', () => {
    const { warnings } = parseConfYaml(conf('level', 'info\n    exchange_interval: 1s'));
    assert.match(
      warnings.join(),
      /logging\.exchange_interval, ignored; did you mean peers\.exchange_interval\?/,
    );
  });

  test('accepts a key whose halves disagree, and warns', () => {
    const { configuration, warnings } = parseConfYaml(
      conf('private_key', Buffer.alloc(64, 3).toString('base64')),
    );
    assert.equal(configuration.identity.halvesAgree, false);
    assert.match(warnings.join(), /halves of node\.private_key do not belong together/);
  });

  test('never throws anything but SettingsError, whatever the text', () => {
    const lines = fc.constantFrom(
      ...DEFAULT.split('\n'),
      'a: [',
      '- x',
      '&a *a',
      '? {a: b}',
      '<<: *x',
      '\t',
      '"',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(lines, fc.string()), { maxLength: 40 }), (parts) => {
        try {
          parseConfYaml(parts.join('\n'));
        } catch (error) {
          assert.equal(error instanceof Error && error.name, 'SettingsError', String(error));
        }
      }),
    );
  });
});
