import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConfTextValues, confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { NO_PEERS, type ParsedPeers } from '#libs/settings/peers-yaml.ts';
import type { Settings } from '#libs/settings/settings.ts';
import { type ChangedKey, changeOf } from './change.ts';
import { firstConfiguration } from './configuration.ts';

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(1)).secretBase64();
const onePeer: ParsedPeers = {
  peers: [{ publicKey: new Uint8Array(32).fill(2), addresses: ['/ip4/1.1.1.1/tcp/1'] }],
  rejected: [],
};

function settings(values: Partial<ConfTextValues> = {}, peers: ParsedPeers = NO_PEERS): Settings {
  const { configuration, warnings } = parseConfYaml(confYaml({ privateKey, ...values }));
  return { node: configuration, peers, warnings };
}

const current = firstConfiguration(settings());
const names = (keys: readonly ChangedKey[]) => keys.map(({ key }) => key);

describe('changeOf', () => {
  test('P2P-61 sees no change in files that say the same', () => {
    const change = changeOf(current, settings());
    assert.deepEqual([change.next === current, change.live, change.restart], [true, [], []]);
  });

  for (const [key, values] of [
    ['peers.connection_timeout', { connectionTimeoutMs: 11_000 }],
    ['peers.exchange_interval', { exchangeIntervalMs: 11_000 }],
    ['peers.delinquent_timeout', { delinquentTimeoutMs: 11_000 }],
    ['network.addresses', { networkAddresses: ['/ip4/127.0.0.1/tcp/1'] }],
    ['logging.level', { logLevel: 'debug' }],
    ['logging.console_output', { consoleOutput: false }],
    ['logging.console_color', { consoleColor: false }],
    ['logging.file_output', { fileOutput: false }],
  ] as const) {
    test(`P2P-61 puts ${key} into force as the next generation`, () => {
      const loaded = settings(values);
      const change = changeOf(current, loaded);
      assert.deepEqual(names(change.live), [key]);
      assert.deepEqual(change.restart, []);
      assert.equal(change.next.generation, 2n);
      assert.deepEqual(change.next.node, loaded.node);
    });
  }

  for (const [key, values] of [
    ['node.private_key', { privateKey: IdentityKey.generate().secretBase64() }],
    ['services.client_address', { clientAddress: '127.0.0.1:9' }],
    ['services.signer_address', { signerAddress: '127.0.0.1:9' }],
    ['services.nats_url', { natsUrl: 'nats://127.0.0.1:4222' }],
    ['metrics.enabled', { metricsEnabled: false }],
    ['metrics.address', { metricsAddress: '127.0.0.1:9' }],
  ] as const) {
    test(`leaves ${key} as it is until the restart, also beside a live change`, () => {
      const alone = changeOf(current, settings(values));
      assert.deepEqual([alone.next === current, alone.live, names(alone.restart)], [true, [], [key]]);

      const both = changeOf(current, settings({ ...values, logLevel: 'warn' }));
      assert.deepEqual([names(both.live), names(both.restart)], [['logging.level'], [key]]);
      assert.equal(both.next.node.identity, current.node.identity);
      assert.equal(both.next.node.services, current.node.services);
    });
  }

  for (const [name, peers] of [
    ['another peer', onePeer],
    ['a rejected peer', { peers: [], rejected: [{ index: 0, reason: 'bad' }] }],
  ] as const) {
    test(`P2P-32 puts ${name} into force`, () => {
      const change = changeOf(current, settings({}, peers));
      assert.deepEqual(names(change.live), ['peers.yaml']);
      assert.equal(change.next.peers, peers);
    });
  }

  for (const [name, peer] of [
    ['address', { publicKey: new Uint8Array(32).fill(2), addresses: ['/ip4/1.1.1.1/tcp/2'] }],
    ['key', { publicKey: new Uint8Array(32).fill(3), addresses: ['/ip4/1.1.1.1/tcp/1'] }],
  ] as const) {
    test(`P2P-32 sees another ${name} of a peer`, () => {
      const before = firstConfiguration(settings({}, onePeer));
      assert.deepEqual(names(changeOf(before, settings({}, { peers: [peer], rejected: [] })).live), [
        'peers.yaml',
      ]);
      assert.deepEqual(changeOf(before, settings({}, structuredClone(onePeer))).live, []);
    });
  }

  test('P2P-61 concerns the services that work with a key that changed, and nobody else', () => {
    const concerned = (loaded: Settings) => [...changeOf(current, loaded).services];
    assert.deepEqual(concerned(settings()), []);
    assert.deepEqual(concerned(settings({ connectionTimeoutMs: 11_000 })), ['gateway']);
    assert.deepEqual(concerned(settings({}, onePeer)), ['gateway', 'consensus']);
    assert.deepEqual(concerned(settings({ logLevel: 'debug' })), [
      'config',
      'signer',
      'gateway',
      'consensus',
    ]);
    assert.deepEqual(concerned(settings({ clientAddress: '127.0.0.1:9' })), ['consensus']);
  });

  test('P2P-66 shows values before and after, and never a secret', () => {
    const identity = IdentityKey.generate();
    const { live, restart } = changeOf(
      current,
      settings({
        privateKey: identity.secretBase64(),
        natsUrl: 'nats://user:pass@h:4222',
        connectionTimeoutMs: 90_000,
      }),
    );
    assert.deepEqual(live, [{ key: 'peers.connection_timeout', before: '10s', after: '90s' }]);
    assert.deepEqual(
      restart.map(({ after }) => after),
      [`[hidden] of peer ${identity.peerId}`, 'nats://[hidden]@h:4222'],
    );
  });
});
