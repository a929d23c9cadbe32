import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultConfYaml } from './conf-text.ts';
import { parseConfYaml } from './conf-yaml.ts';
import { IdentityKey } from './keys.ts';
import { migratedConfYaml, migratedPeersYaml } from './migrate.ts';
import { parsePeersYaml, peersYaml } from './peers-yaml.ts';

const KEY = IdentityKey.fromSeed(new Uint8Array(32).fill(3)).secretBase64();

/** A file as GO-log writes it: no version, no exchange_interval, no services. */
const UPSTREAM = `# alice's node
node:
    private_key: ${KEY} # secret!
network:
    addresses:
        - /ip4/0.0.0.0/tcp/9000
        - "/ip6/::/tcp/9000"
peers:
    connection_timeout: 10s
logging:
    level: info
    format: json
    custom: 1 # mine
`;

describe('versions of the settings files', () => {
  test('P2P-42 P2P-64 a file without a version is read as it is', () => {
    assert.equal(parseConfYaml(UPSTREAM).configuration.exchangeIntervalMs, 30_000);
    assert.equal(parsePeersYaml('peers: []\n').peers.length, 0);
  });

  test('P2P-42 P2P-64 a migrated conf.yaml says the same, has a version, and keeps comments and order', () => {
    const text = migratedConfYaml(UPSTREAM, 0);
    assert.equal(
      text,
      UPSTREAM.replace("# alice's node\n", "# alice's node\nversion: 1\n\n").replace(
        '    connection_timeout: 10s\n',
        '    connection_timeout: 10s\n    exchange_interval: 30s\n',
      ),
    );
    assert.deepEqual(parseConfYaml(text).configuration, parseConfYaml(UPSTREAM).configuration);
    assert.equal(migratedConfYaml(text, 1), text);
  });

  test('P2P-42 a migrated peers.yaml says the same', () => {
    const old = '# mine\npeers: [] # none yet\n';
    assert.equal(migratedPeersYaml(old, 0), '# mine\nversion: 1\n\npeers: [] # none yet\n');
    assert.equal(migratedPeersYaml(peersYaml([]), 1), peersYaml([]));
  });

  test('P2P-64 what this program writes has the newest version', () => {
    assert.equal(migratedConfYaml(defaultConfYaml(KEY), 1), defaultConfYaml(KEY));
    assert.match(defaultConfYaml(KEY), /^version: 1$/m);
    assert.match(peersYaml([]), /^version: 1$/m);
  });

  for (const [version, problem] of [
    ['2', 'version 2 is newer than 1, which this program knows: update the program'],
    ['one', 'version must be a whole number up to 1: write "version: 1"'],
    ['-1', 'version must be a whole number up to 1: write "version: 1"'],
  ] as const) {
    test(`P2P-42 P2P-64 refuses version ${version} before all else`, () => {
      assert.throws(() => parseConfYaml(`version: ${version}\nnode: {private_key: x}\n`), {
        message: `configuration validation failed: ${problem} (line 1)`,
      });
      assert.throws(() => parsePeersYaml(`version: ${version}\npeers: []\n`), {
        message: `failed to parse peer file: ${problem}`,
      });
    });
  }
});
