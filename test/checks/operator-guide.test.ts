import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseDocument } from 'yaml';
import { HOTSTUFF_TERMS } from '#libs/protocol/hotstuff/founding-terms.ts';
import type { ParameterBound } from '#libs/protocol/parameters.ts';
import { platformSettings } from '#libs/service/load-config.ts';
import { defaultConfYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { BLOCK_PARAMETERS, MEMBERSHIP_PARAMETERS } from '#libs/settings/genesis-parameters.ts';
import { genesisSchemaOf } from '#libs/settings/genesis-schema.ts';
import { KEY_TABLE } from '#libs/settings/key-table.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { configConfig } from '#services/config/config.ts';
import { gatewayConfig } from '#services/gateway/config.ts';
import { viewTimeoutsFor } from '#services/launcher/core/view-timeout.ts';

const SCHEMA = { terms: HOTSTUFF_TERMS, protocol: 'hotstuff', names: ['hotstuff'] };

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const guide = read('services/config/OPERATORS.md');
const generated = defaultConfYaml(IdentityKey.fromSeed(new Uint8Array(32).fill(1)).secretBase64());

/** Rows of the first table below a heading, without code marks. */
function tableOf(text: string, heading: string): readonly (readonly string[])[] {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const rows = own.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const plain = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '');

/** The generated conf.yaml with other values, each by its path; `undefined` takes the key away. */
function confWith(changes: Readonly<Record<string, unknown>>): string {
  const document = parseDocument(generated);
  for (const [path, value] of Object.entries(changes)) {
    if (value === undefined) document.deleteIn(path.split('.'));
    else document.setIn(path.split('.'), value);
  }
  return document.toString();
}

/** The range of each key in the words of the guide, with values that must pass and values that must not. */
const RANGES: Readonly<
  Record<string, readonly [text: string, good: readonly unknown[], bad: readonly unknown[]]>
> = {
  'node.private_key': [
    'base64 of 64 bytes',
    [Buffer.alloc(64).toString('base64')],
    [Buffer.alloc(63).toString('base64'), '!'],
  ],
  'network.addresses': [
    '1 to 64 of `/ip4/A/tcp/PORT`, `/ip6/A/tcp/PORT`',
    [['/ip4/1.1.1.1/tcp/1'], Array.from({ length: 64 }, (_, port) => `/ip6/::/tcp/${port}`)],
    [[], Array.from({ length: 65 }, (_, port) => `/ip6/::/tcp/${port}`), ['1.1.1.1:1']],
  ],
  'peers.connection_timeout': ['1s to 24h', ['1s', '24h'], ['999ms', '24h0m1s', 10]],
  'peers.exchange_interval': ['1s to 24h', ['1s', '24h'], ['999ms', '24h0m1s', 10]],
  'peers.delinquent_timeout': ['5s to 24h', ['5s', '24h'], ['4999ms', '24h0m1s', 10]],
  'logging.level': ['debug, info, warn, error', ['debug', 'info', 'warn', 'error'], ['INFO', 'trace']],
  'logging.format': ['json, text', ['json', 'text'], ['xml']],
  'logging.console_output': ['true, false', [true, false], ['maybe']],
  'logging.console_color': ['true, false', [true, false], ['maybe']],
  'logging.file_output': ['true, false', [true, false], ['maybe']],
  'logging.file_name': ['a plain file name', ['x.log'], ['../x.log', 'a/b', '..', '']],
  'logging.file_max_size': [
    'from 1kB, in whole kB or MB',
    ['1kB', '512kB', '10MB'],
    ['0', '1.5MB', '1GB', '-1MB'],
  ],
  'logging.file_max_count': ['0 to 1000; 0 keeps all', [0, 1, 1000, '10'], [-1, 1001, 1.5, 'all']],
  'services.client_address': [
    'host:port; off loopback only with a certificate',
    ['127.0.0.1:1', '[::1]:65535'],
    ['127.0.0.1', '127.0.0.1:0', '0.0.0.0:1'],
  ],
  'services.client_tls_cert': ['a path without `..`; with a key', [''], ['c.pem', '../c.pem']],
  'services.client_tls_key': ['a path without `..`; with a certificate', [''], ['k.pem', '../k.pem']],
  'services.client_tls_ca': ['a path without `..`; with a certificate', [''], ['ca.pem', '../ca.pem']],
  'services.signer_address': [
    'host:port, another than the client API',
    ['10.0.0.1:1'],
    ['x', '127.0.0.1:7101'],
  ],
  'services.nats_url': ['a NATS URL', ['', 'nats://127.0.0.1:4222'], ['127.0.0.1']],
  'metrics.enabled': ['true, false', [true, false], ['maybe']],
  'metrics.address': [
    'host:port, apart from all ports above',
    ['127.0.0.1:65535', '[::1]:9100', '0.0.0.0:7103'],
    ['127.0.0.1:65536', '127.0.0.1:0', '9100', '127.0.0.1:7101'],
  ],
  'tracing.endpoint': [
    'an http or https URL without user, password and query',
    ['', 'http://127.0.0.1:4318', 'https://collector.example/otlp'],
    ['127.0.0.1:4318', 'http://a:b@x', 'http://x?y', 'grpc://x'],
  ],
  'events.transactions': ['true, false', [true, false], ['maybe']],
  'tracing.sample': ['above 0, up to 1', [1, 0.5, '0.001'], [0, -1, 1.01, 'all']],
};

describe('the operator’s guide', () => {
  const rows = tableOf(guide, 'conf.yaml');

  test('P2P-50 P2P-61 names every key of conf.yaml in its order, and when a change is in force', () => {
    assert.deepEqual(
      rows.map(([key, , , effect]) => [plain(key), effect]),
      KEY_TABLE.map(({ key, effect }) => [key, effect]),
    );
  });

  for (const [key = '', standard = '', range] of rows.map(
    (row) => [plain(row[0]), row[1], row[2]] as const,
  )) {
    test(`P2P-51 P2P-53 LOG-22 tells the truth of ${key}`, () => {
      const [text, good, bad] = RANGES[key] ?? assert.fail(`${key} has no range`);
      assert.equal(range, text);
      for (const value of good) parseConfYaml(confWith({ [key]: value }));
      for (const value of bad) {
        assert.throws(() => parseConfYaml(confWith({ [key]: value })), Error, `${key}: ${value}`);
      }
      assert.equal(plain(standard), defaultOf(key));
    });
  }

  test('P2P-53 names every parameter of genesis.json with its default and its bounds, and all beside them', () => {
    const bounds = [
      ...Object.entries<ParameterBound>({ ...HOTSTUFF_TERMS.parameters.bounds, ...BLOCK_PARAMETERS }).map(
        ([name, bound]) => [`${bound.words ? 'protocol_' : ''}parameters.${name}`, bound] as const,
      ),
      ...Object.entries<ParameterBound>(MEMBERSHIP_PARAMETERS).map(
        ([name, bound]) => [`membership.${name}`, bound] as const,
      ),
    ];
    assert.deepEqual(
      tableOf(guide, 'genesis.json').map((row) => row.map(plain)),
      bounds.map(([name, { min, max, words, default: standard }]) =>
        words === undefined
          ? [name, `${standard}`, `${min} to ${max}`]
          : [name, words[0], words.join(' or ')],
      ),
    );
    const [, section = ''] = guide.split('\n## genesis.json\n');
    for (const name of Object.keys(genesisSchemaOf(SCHEMA).shape).filter(
      (own) => !/^parameters|^membership$/.test(own),
    )) {
      assert.match(section, new RegExp(`\`${name}\``), name);
    }
  });

  test('names the bounds of the timeouts that a new genesis gets by measurement', () => {
    const { viewTimeoutMs: least, viewTimeoutMsMax: leastMax } = viewTimeoutsFor(0);
    const { viewTimeoutMs: most } = viewTimeoutsFor(Number.MAX_SAFE_INTEGER);
    const said = guide.replaceAll(/\s+/g, ' ');
    assert.ok(said.includes(`at least ${least} ms and at most ${most} ms`));
    assert.ok(said.includes(`\`view_timeout_ms_max\` is ${leastMax / least} times \`view_timeout_ms\``));
    assert.equal(viewTimeoutsFor(300).viewTimeoutMs, 3_000, 'ten times');
  });

  for (const [service, schema] of [
    ['gateway', gatewayConfig],
    ['config', configConfig],
  ] as const) {
    test(`P2P-50 the README of ${service} names every variable of its environment, and none that there is not`, () => {
      const prefix = `${service.toUpperCase()}_`;
      const known = [
        ...Object.keys(schema.shape),
        ...Object.keys(platformSettings.shape).map((name) => prefix + name),
      ];
      const cells = tableOf(read(`services/${service}/README.md`), 'Settings').map(([name = '']) => name);
      const named = cells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)(…?)`/g)]);
      for (const name of known) {
        const isNamed = named.some(([, own = '', more]) =>
          more === '…' ? name.startsWith(own) : name === own,
        );
        assert.ok(isNamed, `${name} is not named`);
      }
      for (const [, own = ''] of named)
        assert.ok(
          known.some((name) => name.startsWith(own)),
          own,
        );
    });
  }
});

/** The value in a generated file when the key is needed, else what an absent key means. */
function defaultOf(key: string): string {
  const setting = KEY_TABLE.find((own) => own.key === key) ?? assert.fail(key);
  if (key === 'node.private_key') return 'generated';
  const value = (text: string): string => setting.text(parseConfYaml(text).configuration);
  try {
    const absent = value(confWith({ [key]: undefined }));
    return absent === '' ? 'none' : absent;
  } catch {
    const isFileName = key === 'logging.file_name';
    return `needed${isFileName ? ' with file_output' : ''}: ${value(generated)}`;
  }
}

const AREA = ['services/{gateway,config}', 'libs/{log,service,reload,settings-files,events,grpc,metrics}'];
const sources = AREA.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }))
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: read(file) }));

/** Messages that ask for a person: constants at warn and error, and complaints about peers. */
function warnings(): readonly string[] {
  const said = [
    /\.(?:warn|error)\(\s*'(?<message>[^'\n]+)'/g,
    /(?:omplain|refuseOwnFrame)\((?:[\w.#]+,\s*)?'(?<message>[^'\n]+)'/g,
    /complain\(`(?<message>[^$`]+)\$/g,
    /const message = (?:[\w.]+\s*\?\s*)?'(?<message>[^'\n]+)'/g,
    /^\s+[?:] '(?<message>[^'\n]+)'[;,]?$/gm,
    /#safely\('(?<message>[^'\n]+)'/g,
    /#logSeldom\('(?<message>[^'\n]+)'/g,
    /message: '(?<message>[^'\n]+)',$/gm,
  ];
  const found = sources.flatMap(({ text }) => said.flatMap((pattern) => [...text.matchAll(pattern)]));
  return [...new Set(found.map(({ groups }) => groups?.['message'] ?? ''))];
}

/** First cells of the tables that explain log lines: each text in code marks is a message, `…` stands for more. */
const explained = [
  ...tableOf(guide, 'What log lines ask of you'),
  ...tableOf(read('services/gateway/README.md'), 'Trouble'),
  ...tableOf(read('services/config/README.md'), 'Trouble-shooting'),
]
  .flatMap(([cell = '']) => [...cell.matchAll(/``? ?(.+?) ?``?(?=,|$| \(|;| or )/g)])
  .map(([, message = '']) => message);

/** Parts of a message between the places where anything may stand. */
const partsOf = (message: string): readonly string[] =>
  message
    .split(/…|: |\b[NLC]\b/)
    .map((part) => part.trim())
    .filter((part) => part.length > 3);

describe('the catalogue of messages', () => {
  test('P2P-65 LOG-24 explains every warning and error that the gateway, config, and every service can log', () => {
    const missing = warnings().filter((message) => {
      const isExplained = explained.some((own) => {
        const [head = ''] = own.split('…').map((part) => part.trim());
        // `complain` with the cause behind it: each cause has a row of its own.
        if (message.endsWith(': ')) return own.startsWith(message);
        return own === message || (own.includes('…') && head.length > 3 && message.startsWith(head));
      });
      return !isExplained && !message.startsWith('BTC Federation');
    });
    assert.deepEqual(missing, []);
  });

  test('LOG-24 explains no message that nobody says', () => {
    const all = [
      ...sources,
      ...globSync('{services/cli,services/launcher,libs/settings}/**/*.ts', { cwd: ROOT }).map((file) => ({
        text: read(file),
      })),
    ]
      .map(({ text }) => text)
      .join('\n');
    const gone = explained.filter((message) => !partsOf(message).every((part) => all.includes(part)));
    assert.deepEqual(gone, []);
  });
});
