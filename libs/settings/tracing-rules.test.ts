import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { confYaml, defaultConfYaml } from './conf-text.ts';
import { parseConfYaml } from './conf-yaml.ts';
import { KEY_TABLE } from './key-table.ts';
import { IdentityKey } from './keys.ts';

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(5)).secretBase64();
const SECTION = /tracing:\n(?: {4}.*\n)+/;
const conf = (section: string): string => defaultConfYaml(privateKey).replace(SECTION, section);
const tracingOf = (text: string) => parseConfYaml(text).configuration.tracing;

function refusal(section: string): string {
  try {
    parseConfYaml(conf(section));
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'SettingsError', String(error));
    return error.message.replace('configuration validation failed: tracing config validation failed: ', '');
  }
  return assert.fail('accepted');
}

describe('the tracing section of conf.yaml', () => {
  test('a file without it, or with an empty one, has no collector', () => {
    assert.match(defaultConfYaml(privateKey), SECTION);
    for (const text of [
      defaultConfYaml(privateKey),
      ...['', 'tracing:\n', 'tracing: {endpoint: ~}\n'].map(conf),
    ]) {
      assert.deepEqual(tracingOf(text), { endpoint: '', sample: 1 });
      assert.deepEqual(parseConfYaml(text).warnings, []);
    }
  });

  test('an address and a share are read as they are written', () => {
    const tracing = { endpoint: 'https://collector.example:4318/otlp', sample: 0.25 };
    assert.deepEqual(
      tracingOf(conf('tracing: {endpoint: "https://collector.example:4318/otlp", sample: 0.25}\n')),
      tracing,
    );
    const text = confYaml({ privateKey, tracingEndpoint: 'http://127.0.0.1:4318' });
    assert.deepEqual(tracingOf(text), { endpoint: 'http://127.0.0.1:4318', sample: 1 });
  });

  for (const [section, sentence] of [
    [
      'tracing: {endpoint: "127.0.0.1:4318"}\n',
      /^tracing\.endpoint must be an http or https URL: write .*such as http:\/\/127\.0\.0\.1:4318 \(line \d+\)$/,
    ],
    [
      'tracing: {endpoint: "http://me:secret@x:1"}\n',
      /^tracing\.endpoint must be without user and password.* \(line \d+\)$/,
    ],
    [
      'tracing: {sample: 0}\n',
      /^tracing\.sample must be a number above 0 and up to 1.* \(line \d+: it is 0\)$/,
    ],
    ['tracing: {sample: 1.5}\n', /^tracing\.sample must be a number above 0 and up to 1, such as 0\.1/],
    ['tracing: {sample: most}\n', /line \d+: it is "most"/],
  ] as const) {
    test(`is refused with key, place and cure: ${section.trim()}`, () => {
      const said = refusal(section);
      assert.match(said, sentence);
      assert.doesNotMatch(said, /secret/);
    });
  }

  test('a key that is not there is named, with the one that was meant', () => {
    const { warnings } = parseConfYaml(conf('tracing: {endpoints: x}\n'));
    assert.match(
      warnings[0] ?? '',
      /unknown key tracing\.endpoints, ignored; did you mean tracing\.endpoint\?/,
    );
  });

  test('is for gateway and consensus, not for the process with the key, and waits for a start', () => {
    const rows = KEY_TABLE.filter(({ key }) => key.startsWith('tracing.'));
    assert.deepEqual(
      rows.map(({ key, effect, services }) => [key, effect, services]),
      ['tracing.endpoint', 'tracing.sample'].map((key) => [key, 'restart', ['gateway', 'consensus']]),
    );
  });
});
