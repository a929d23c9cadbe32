import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ConfTextValues, confYaml, defaultConfYaml } from './conf-text.ts';
import { parseConfYaml } from './conf-yaml.ts';
import { KEY_TABLE } from './key-table.ts';
import { IdentityKey } from './keys.ts';

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(5)).secretBase64();
const metricsOf = (text: string) => parseConfYaml(text).configuration.metrics;
const conf = (values: Partial<ConfTextValues>): string => confYaml({ privateKey, ...values });
const SECTION = /metrics:\n(?: {4}.*\n)+/;

function refusal(text: string): string {
  try {
    parseConfYaml(text);
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'SettingsError', String(error));
    return error.message.replace('configuration validation failed: metrics config validation failed: ', '');
  }
  return assert.fail('accepted');
}

describe('the metrics section of conf.yaml', () => {
  test('F-44: a file without it, or with an empty one, has metrics on loopback', () => {
    const standard = { enabled: true, address: '127.0.0.1:7106' };
    const whole = defaultConfYaml(privateKey);
    assert.match(whole, SECTION);
    for (const text of [
      whole,
      whole.replace(SECTION, ''),
      whole.replace(SECTION, 'metrics:\n'),
      whole.replace(SECTION, 'metrics: {enabled: ~}\n'),
    ]) {
      assert.deepEqual(metricsOf(text), standard);
      assert.deepEqual(parseConfYaml(text).warnings, []);
    }
  });

  test('F-44: any place is read as it is written, and another one is refused with key, value and cure', () => {
    const port = fc.oneof(
      fc.integer({ min: 0, max: 70_000 }),
      fc.constantFrom(0, 1, 7101, 7102, 9000, 65_535, 65_536),
    );
    const host = fc.constantFrom('127.0.0.1', 'localhost', '10.0.0.1', '[::1]', 'metrics.example');
    fc.assert(
      fc.property(host, port, fc.boolean(), (given, first, enabled) => {
        const address = `${given}:${first}`;
        const text = conf({ metricsEnabled: enabled, metricsAddress: address });
        const isPlace = first >= 1 && first <= 65_535;
        const isFree = given !== '127.0.0.1' || (first !== 7101 && first !== 7102);
        // The gateway of a generated file listens at 9000 of every address.
        const isApart = first !== 9000;
        if (isPlace && (!enabled || (isFree && isApart))) {
          assert.deepEqual(metricsOf(text), { enabled, address });
        } else {
          const said = refusal(text);
          assert.ok(said.startsWith(`metrics.address ${address} `), said);
          assert.match(said, /such as 127\.0\.0\.1:7106|choose another port/);
        }
      }),
    );
  });

  for (const [name, values, sentence] of [
    ['a port alone', { metricsAddress: '7106' }, /^metrics\.address 7106 must be host:port/],
    [
      'the port of the client API',
      { metricsAddress: '127.0.0.1:7101' },
      /^metrics\.address 127\.0\.0\.1:7101 has the port of services\.client_address 127\.0\.0\.1:7101: choose another port/,
    ],
    [
      'the port of the signer',
      { metricsAddress: '127.0.0.1:7102' },
      /the port of services\.signer_address 127\.0\.0\.1:7102/,
    ],
    [
      'a port of the gateway, which listens everywhere',
      { metricsAddress: '127.0.0.1:9000' },
      /the port of network\.addresses \/ip4\/0\.0\.0\.0\/tcp\/9000/,
    ],
    [
      'every address, with a port of the client API',
      { metricsAddress: '[::]:7101' },
      /services\.client_address/,
    ],
  ] as const) {
    test(`F-44: refuses ${name}`, () => assert.match(refusal(conf(values)), sentence));
  }

  test('F-44: what is turned off takes no port from anybody', () => {
    const off = { metricsEnabled: false, metricsAddress: '127.0.0.1:7101' };
    assert.equal(metricsOf(conf(off)).enabled, false);
  });

  test('F-44: a word for a switch, and a list for an address, are refused where they stand', () => {
    assert.match(
      refusal(conf({}).replace(/enabled: true/, 'enabled: maybe')),
      /line \d+.* metrics\.enabled is the text "maybe"; write true or false/,
    );
    assert.match(
      refusal(conf({}).replace(/ address: .*/, ' address: [1]')),
      /line \d+.* metrics\.address is a list.*; write one value/,
    );
  });

  test('F-44: a key that is not there is named, with the one that was meant', () => {
    const { warnings } = parseConfYaml(conf({}).replace('enabled:', 'enable:'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /unknown key metrics\.enable, ignored; did you mean metrics\.enabled\?/);
  });

  test('F-44: both keys are shown to a person, for all services, and wait for a start', () => {
    const rows = KEY_TABLE.filter(({ key }) => key.startsWith('metrics.'));
    const { configuration } = parseConfYaml(conf({ metricsEnabled: false }));
    assert.deepEqual(
      rows.map(({ key, effect, services, text }) => [key, effect, services.length, text(configuration)]),
      [
        ['metrics.enabled', 'restart', 4, 'false'],
        ['metrics.address', 'restart', 4, '127.0.0.1:7106'],
      ],
    );
  });
});
