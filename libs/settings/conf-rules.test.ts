import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultConfYaml } from './conf-text.ts';
import { parseConfYaml } from './conf-yaml.ts';
import { IdentityKey } from './keys.ts';
import { SettingsError } from './settings-error.ts';

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

function refusal(text: string): SettingsError {
  try {
    parseConfYaml(text);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error;
  }
  return assert.fail('accepted');
}

const PLAIN: readonly (readonly [string, string, string])[] = [
  [
    'a level',
    conf('level', 'loud'),
    'conf.yaml, line 29: logging.level must be one of: debug, info, warn, error; it is "loud"',
  ],
  [
    'a short timeout',
    conf('connection_timeout', '10ms'),
    'conf.yaml, line 21: peers.connection_timeout must be at least 1 second; it is "10ms"; write for example 10s',
  ],
  [
    'a delinquent timeout of a second',
    conf('delinquent_timeout', '1s'),
    'conf.yaml, line 25: peers.delinquent_timeout must be at least 5 seconds; it is "1s"; write for example 10s',
  ],
  [
    'a timeout that is missing',
    conf('connection_timeout'),
    'conf.yaml, line 19: peers.connection_timeout must be at least 1 second; it is missing; write for example 10s',
  ],
  [
    'an address',
    withAddresses('/ip4/1.1.1.1/tcp/1', 'localhost:9000'),
    'conf.yaml, line 17: network.addresses[1]: invalid address at index 1: multiaddr must start with \'/\'; it is "localhost:9000"; write it as /ip4/0.0.0.0/tcp/9000, also with ip6, dns4 or dns6, and without a peer id',
  ],
  [
    'a key, whose value is no part of it,',
    DEFAULT.replace(KEY, 'QUJD'),
    'conf.yaml, line 11: node.private_key: private key must be 64 bytes, got 3; put the right key back, or remove the line: the next start makes a new key, which has another peer id',
  ],
  [
    'a NATS URL with a password, which is no part of it,',
    conf('nats_url', 'http://a:secret@b'),
    'conf.yaml, line 56: services.nats_url must be a URL such as nats://127.0.0.1:4222, or empty',
  ],
  [
    'a count of rotated files',
    conf('file_max_count', 'ten'),
    'conf.yaml, line 42: logging.file_max_count must be a whole number from 0 to 1000; it is "ten"; write for example 10; 0 keeps every rotated file',
  ],
  [
    'a newer version',
    conf('version', '9'),
    'conf.yaml, line 6: version 9 is newer than 1, which this program knows: update the program',
  ],
];

describe('the rules of conf.yaml', () => {
  const refusals: readonly (readonly [string, string, string])[] = [
    [
      'a key that is not base64',
      conf('private_key', '"%%%"'),
      'node config validation failed: private key must be valid base64: character 1 is none of base64',
    ],
    [
      'a key of 32 bytes',
      conf('private_key', `${'A'.repeat(43)}=`),
      'node config validation failed: private key must be 64 bytes, got 32',
    ],
    [
      'no address',
      DEFAULT.replace(/ {4}addresses:\n(?: {8}- .*\n)+/, ''),
      'network config validation failed: network.addresses cannot be empty',
    ],
    [
      'an empty address',
      withAddresses('/ip4/1.1.1.1/tcp/1', '""'),
      'network config validation failed: invalid address at index 1: address cannot be empty',
    ],
    [
      'host and port as address',
      withAddresses('1.2.3.4:9000'),
      "network config validation failed: invalid address at index 0: multiaddr must start with '/'",
    ],
    [
      'a timeout below a second',
      conf('connection_timeout', '999ms'),
      'peers config validation failed: peers.connection_timeout must be at least 1 second',
    ],
    [
      'no timeout',
      conf('connection_timeout'),
      'peers config validation failed: peers.connection_timeout must be at least 1 second',
    ],
    [
      'a timeout beyond a day',
      conf('connection_timeout', '25h'),
      'peers config validation failed: peers.connection_timeout must be at most 24 hours',
    ],
    [
      'a short exchange interval',
      conf('exchange_interval', '10ms'),
      'peers config validation failed: peers.exchange_interval must be at least 1 second',
    ],
    [
      'a short delinquent timeout',
      conf('delinquent_timeout', '4999ms'),
      'peers config validation failed: peers.delinquent_timeout must be at least 5 seconds',
    ],
    [
      'a delinquent timeout beyond a day',
      conf('delinquent_timeout', '25h'),
      'peers config validation failed: peers.delinquent_timeout must be at most 24 hours',
    ],
    [
      'a level in capitals',
      conf('level', 'INFO'),
      'logging config validation failed: logging.level must be one of: debug, info, warn, error',
    ],
    [
      'no level',
      conf('level'),
      'logging config validation failed: logging.level must be one of: debug, info, warn, error',
    ],
    [
      'an unknown format',
      conf('format', 'xml'),
      'logging config validation failed: logging.format must be one of: json, text',
    ],
    [
      'no file name',
      conf('file_name'),
      'logging config validation failed: logging.file_name is required when file_output is true',
    ],
    [
      'a size that is a word',
      conf('file_max_size', 'big'),
      'logging config validation failed: logging.file_max_size format error: invalid size format, expected number or numberMB: big',
    ],
    [
      'a size without a number',
      conf('file_max_size', 'mb'),
      'logging config validation failed: logging.file_max_size format error: size value missing before MB',
    ],
    [
      'a size with a space',
      conf('file_max_size', '10 MB'),
      'logging config validation failed: logging.file_max_size format error: invalid size number: 10 ',
    ],
    [
      'a negative size',
      conf('file_max_size', '-5'),
      'logging config validation failed: logging.file_max_size format error: invalid size number: -5',
    ],
    [
      'a size of zero',
      conf('file_max_size', '"0"'),
      'logging config validation failed: logging.file_max_size format error: invalid size number: 0',
    ],
    ...['-1', '1001', '1.5', '0x10', 'ten'].map(
      (count) =>
        [
          `${count} rotated files`,
          conf('file_max_count', count),
          `logging config validation failed: logging.file_max_count must be a whole number from 0 to 1000`,
        ] as const,
    ),
    [
      'a client address without a port',
      conf('client_address', 'localhost'),
      'services config validation failed: services.client_address must be host:port with a port from 1 to 65535, such as 127.0.0.1:7101 or [::1]:7101',
    ],
    [
      'one address for two services',
      conf('client_address', '127.0.0.1:7102'),
      'services config validation failed: services.signer_address must differ from services.client_address',
    ],
    [
      'a NATS address that is no URL',
      conf('nats_url', 'localhost:4222'),
      'services config validation failed: services.nats_url must be a URL such as nats://127.0.0.1:4222, or empty',
    ],
  ];
  test('refuses more than 64 addresses', () => {
    const many = DEFAULT.replace(/ {8}- .*\n/, '        - /ip4/1.1.1.1/tcp/1\n'.repeat(64));
    assert.match(
      failure(many),
      /network\.addresses must have at most 64 entries \(line 16: it has \d+: remove some\)$/,
    );
  });

  test('accepts several NATS servers', () => {
    const urls = 'nats://a:1,tls://b:2';
    assert.equal(parseConfYaml(conf('nats_url', urls)).configuration.services.natsUrl, urls);
  });

  for (const url of ['nats://[', 'nats://', 'http://127.0.0.1', 'nats://a:1,', 'nats://a:1,b:2']) {
    test(`refuses the NATS URL ${url}`, () => {
      assert.match(failure(conf('nats_url', JSON.stringify(url))), /services\.nats_url must be a URL/);
    });
  }

  for (const [name, text, message] of refusals) {
    test(`P2P-53 LOG-21 refuses ${name} with the promised text`, () => {
      assert.ok(failure(text).startsWith(INVALID + message), failure(text));
    });
  }

  for (const name of [
    '../x.log',
    '/var/log/x.log',
    'a/b.log',
    '..',
    '.',
    'a\\\\b',
    '"a\\0b"',
    'x'.repeat(256),
  ]) {
    test(`LOG-18 P2P-45 refuses ${name.slice(0, 20)} in file_name`, () => {
      assert.match(
        failure(conf('file_name', name.startsWith('"') ? name : `"${name}"`)),
        /must be a plain file name/,
      );
    });
  }

  test('LOG-18 refuses ../ in file_name also when no file is written', () => {
    assert.match(
      failure(conf('file_name', '../x.log').replace('file_output: true', 'file_output: off')),
      /plain file/,
    );
  });

  for (const [name, text, sentence] of PLAIN) {
    test(`F-46: says in one plain sentence where ${name} stands, its value and what to write`, () => {
      const error = refusal(text);
      assert.equal(error.inFile('conf.yaml'), sentence);
      assert.doesNotMatch(error.message, /unmarshal|!!|time\.Duration|illegal/);
    });
  }
});
