import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { confYaml, defaultConfYaml } from './conf-text.ts';
import { hasPrivateKey, parseConfYaml } from './conf-yaml.ts';
import { withGeneratedKey } from './generated-key.ts';
import { IdentityKey } from './keys.ts';

const KEY = IdentityKey.fromSeed(new Uint8Array(32).fill(5)).secretBase64();
const DEFAULT = defaultConfYaml(KEY);

/** The default file with `key:` set to `value`, or without the line when there is no value. */
function conf(key: string, value?: string): string {
  const line = new RegExp(`^( *)${key}:.*\n`, 'm');
  assert.match(DEFAULT, line);
  return DEFAULT.replace(line, value === undefined ? '' : `$1${key}: ${value}\n`);
}

describe('withGeneratedKey', () => {
  const without = conf('private_key');

  test('P2P-52 adds the key and keeps comments, order and unknown keys', () => {
    const custom = `# mine\n${without.replace('level: info', 'level: debug # loud')}\nextra: [1, 2] # stays\n`;
    assert.equal(hasPrivateKey(custom), false);
    const text = withGeneratedKey(custom, KEY);
    assert.equal(hasPrivateKey(text), true);
    const { configuration } = parseConfYaml(text);
    assert.equal(configuration.identity.secretBase64(), KEY);
    assert.equal(configuration.logging.level, 'debug');
    const comments = (own: string) => [...own.matchAll(/#.*/g)].map(String).sort();
    assert.deepEqual(comments(text), comments(custom));
    assert.match(text, /extra: *\[ *1, 2 *\] # stays/);
    assert.ok(text.indexOf('network:') < text.indexOf('logging:'));
  });

  for (const [name, text] of [
    ['an empty value', conf('private_key', '""')],
    ['a null value', conf('private_key', '~')],
    ['an empty section', 'node:\nnetwork: {addresses: [/ip4/1.1.1.1/tcp/1]}\n'],
    ['no section', 'network: {addresses: [/ip4/1.1.1.1/tcp/1]}\n'],
    ['an empty file', ''],
    ['nothing but comments', '# hello\n'],
    ['an empty mapping', '{}'],
    ['null', 'null\n'],
  ] as const) {
    test(`adds the key to ${name}`, () => {
      assert.equal(hasPrivateKey(text), false);
      const done = withGeneratedKey(text, KEY);
      assert.equal(hasPrivateKey(done), true);
      assert.ok(done.includes(KEY));
      for (const [comment] of text.matchAll(/#.*/g)) assert.ok(done.includes(comment));
    });
  }

  for (const text of ['node: x\n', '- 1\n', 'a: [\n', 'x\n']) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => withGeneratedKey(text, KEY), { detail: { code: 'CONF_UNPARSABLE' } });
    });
  }
});

test('confYaml writes what parseConfYaml reads', () => {
  const { configuration } = parseConfYaml(
    confYaml({
      privateKey: KEY,
      networkAddresses: ['/ip4/127.0.0.1/tcp/4001'],
      connectionTimeoutMs: 1_500,
      exchangeIntervalMs: 60_000,
      delinquentTimeoutMs: 90_500,
      logLevel: 'error',
      consoleOutput: false,
      consoleColor: false,
      fileOutput: false,
      clientAddress: '[::1]:7000',
      signerAddress: 'signer.example:7001',
      natsUrl: 'nats://u:p@127.0.0.1:4222',
      metricsEnabled: false,
      metricsAddress: '10.0.0.1:9100',
    }),
  );
  assert.equal(configuration.connectionTimeoutMs, 1_500);
  assert.equal(configuration.exchangeIntervalMs, 60_000);
  assert.equal(configuration.delinquentTimeoutMs, 90_500);
  assert.equal(configuration.services.clientAddress, '[::1]:7000');
  assert.equal(configuration.services.natsUrl, 'nats://u:p@127.0.0.1:4222');
  assert.equal(configuration.logging.fileOutput, false);
  assert.deepEqual(configuration.metrics, { enabled: false, address: '10.0.0.1:9100' });
});
