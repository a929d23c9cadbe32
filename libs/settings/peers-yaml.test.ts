import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { peerIdOf } from './keys.ts';
import { parsePeersYaml, peersYaml } from './peers-yaml.ts';

const ADDRESS = '/ip4/10.0.0.1/tcp/9000';

function key(fill: number): Uint8Array {
  return new Uint8Array(32).fill(fill);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function entry(publicKey: string, ...addresses: readonly string[]): string {
  return `  - public_key: ${JSON.stringify(publicKey)}\n    addresses: ${JSON.stringify(addresses)}\n`;
}

function peers(...entries: readonly string[]): string {
  return `peers:\n${entries.join('')}`;
}

/** The one reason why the only bad one of two entries was left out. */
function reasonFor(bad: string): string {
  const { peers: kept, rejected } = parsePeersYaml(peers(entry(base64(key(9)), ADDRESS), bad));
  assert.equal(kept.length, 1);
  assert.equal(rejected.length, 1);
  assert.equal(rejected[0]?.index, 1);
  return rejected[0]?.reason ?? '';
}

describe('parsePeersYaml', () => {
  test('P2P-30 reads keys and addresses in order, and ignores other keys', () => {
    const other = '/dns4/node.example/tcp/9000';
    const text = `${peers(entry(base64(key(1)), ADDRESS, other))}    max_retries: 3\n    connection_timeout: 10s\n`;
    assert.deepEqual(parsePeersYaml(text), {
      peers: [{ publicKey: key(1), addresses: [ADDRESS, other] }],
      rejected: [],
    });
  });

  for (const text of [
    'peers: []',
    'peers:\n',
    'peers: ~',
    '{}',
    '# nothing yet\n',
    'null',
    '\n',
    'other: 1\n',
  ]) {
    test(`P2P-25 takes ${JSON.stringify(text)} as standalone`, () => {
      assert.deepEqual(parsePeersYaml(text), { peers: [], rejected: [] });
    });
  }

  test('refuses zero bytes', () => {
    assert.throws(() => parsePeersYaml(''), { message: /zero bytes/, detail: { code: 'PEERS_EMPTY' } });
  });

  for (const text of ['peers: [', 'peers: 1', '- x', 'text', 'peers: {}\n', 'peers: []\npeers: []\n', '\0']) {
    test(`refuses ${JSON.stringify(text)} as a whole`, () => {
      assert.throws(() => parsePeersYaml(text), {
        message: /^failed to parse peer file: /,
        detail: { code: 'PEERS_UNPARSABLE' },
      });
    });
  }

  const short = base64(new Uint8Array(15));
  const long = base64(new Uint8Array(129));
  const other = peerIdOf(key(8));
  for (const [name, bad, reason] of [
    ['no key', '  - addresses: []\n', 'invalid public key at index 1: public key cannot be empty'],
    [
      'a key that is not base64',
      entry('*', ADDRESS),
      'invalid public key at index 1: public key is not valid base64: character 1 is none of base64',
    ],
    [
      'a key of 15 bytes',
      entry(short, ADDRESS),
      'invalid public key at index 1: public key length 15 is outside acceptable range (16-128 bytes)',
    ],
    [
      'a key of 129 bytes',
      entry(long, ADDRESS),
      'invalid public key at index 1: public key length 129 is outside acceptable range (16-128 bytes)',
    ],
    [
      'a key of 33 bytes',
      entry(base64(new Uint8Array(33)), ADDRESS),
      'invalid public key at index 1: public key must be 32 bytes, got 33',
    ],
    [
      'no address',
      entry(base64(key(2))),
      'invalid addresses at index 1: at least one address must be provided',
    ],
    [
      'an empty address',
      entry(base64(key(2)), ADDRESS, ''),
      'invalid addresses at index 1: address at index 1 cannot be empty',
    ],
    [
      'host and port',
      entry(base64(key(2)), 'host:1'),
      'invalid addresses at index 1: invalid multiaddress at index 0 (host:1): String multiaddr must start with "/"',
    ],
    [
      'a port that is too high',
      entry(base64(key(2)), '/ip4/1.2.3.4/tcp/70000'),
      'invalid addresses at index 1: invalid multiaddress at index 0 (/ip4/1.2.3.4/tcp/70000): Value must be smaller than or equal to 65535',
    ],
    [
      'a bare slash',
      entry(base64(key(2)), '/'),
      'invalid addresses at index 1: invalid multiaddress at index 0 (/): no components',
    ],
    [
      'the id of another peer',
      entry(base64(key(2)), `${ADDRESS}/p2p/${other}`),
      `invalid addresses at index 1: invalid multiaddress at index 0 (${ADDRESS}/p2p/${other}): /p2p/ names another peer than public_key, which is ${peerIdOf(key(2))}`,
    ],
    [
      'a duplicate',
      entry(base64(key(9)), '/ip4/9.9.9.9/tcp/9'),
      'duplicate public key at index 1: same as index 0, which is used',
    ],
    [
      'text for an entry',
      '  - hello\n',
      'invalid peer at index 1: not a mapping; write public_key and addresses',
    ],
  ] as const) {
    test(`P2P-33 F-46: filters ${name}, says its line, and keeps the good one`, () => {
      const [told = '', line] = reasonFor(bad).split(' (line ');
      assert.equal(told, reason);
      assert.match(line ?? '', /^4(?:; (?:copy|write) .*)?\)$/, 'F-46: the line, and what to write');
    });
  }

  test('P2P-33 filters an entry whose addresses are no list, with the position', () => {
    const reason = reasonFor(`  - public_key: ${base64(key(2))}\n    addresses: x\n`);
    assert.equal(
      reason,
      'invalid peer at index 1: line 5, column 16: peers[1].addresses is the text "x"; write a list: each entry on a line of its own behind "- "',
    );
  });

  test('P2P-33 filters an address over a relay', () => {
    const address = `${ADDRESS}/p2p/${peerIdOf(key(2))}/p2p-circuit`;
    assert.match(reasonFor(entry(base64(key(2)), address)), /relays are not supported \(line 4/);
  });

  test('P2P-33 filters an entry with too many addresses', () => {
    assert.match(
      reasonFor(entry(base64(key(2)), ...Array.from({ length: 33 }, () => ADDRESS))),
      /more than 32/,
    );
  });

  test('P2P-40 keeps the first of two entries with one key, also when its text differs', () => {
    const text = base64(key(0xff));
    const sameKey = text.replace(/8=$/, '9=');
    assert.notEqual(text, sameKey);
    const { peers: kept, rejected } = parsePeersYaml(
      peers(entry(text, ADDRESS), entry(sameKey, '/ip4/9.9.9.9/tcp/9')),
    );
    assert.deepEqual(kept, [{ publicKey: key(0xff), addresses: [ADDRESS] }]);
    assert.equal(rejected.length, 1);
  });

  test('uses a later entry when the first with its key is bad', () => {
    const { peers: kept } = parsePeersYaml(peers(entry(base64(key(1)), '/'), entry(base64(key(1)), ADDRESS)));
    assert.deepEqual(kept, [{ publicKey: key(1), addresses: [ADDRESS] }]);
  });

  test('accepts a /p2p/ that agrees with the key, and any transport', () => {
    const addresses = [`${ADDRESS}/p2p/${peerIdOf(key(1))}`, '/ip4/1.2.3.4/udp/1/quic-v1'];
    assert.deepEqual(parsePeersYaml(peers(entry(base64(key(1)), ...addresses))).peers, [
      { publicKey: key(1), addresses },
    ]);
  });

  test('drops the own key', () => {
    const { peers: kept, rejected } = parsePeersYaml(peers(entry(base64(key(1)), ADDRESS)), key(1));
    assert.equal(kept.length, 0);
    assert.match(rejected[0]?.reason ?? '', /own public key at index 0/);
  });

  test('P2P-41 loads 1000 peers and refuses more than 10000', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => {
        const publicKey = key(1);
        new DataView(publicKey.buffer).setUint32(0, index);
        return { publicKey, addresses: [ADDRESS] };
      });
    assert.equal(parsePeersYaml(peersYaml(many(1_000))).peers.length, 1_000);
    assert.throws(() => parsePeersYaml(`peers:\n${'  - x\n'.repeat(10_001)}`), /more than 10000 peers/);
    assert.throws(() => parsePeersYaml(`#${' '.repeat(8 * 1024 * 1024)}`), /larger than/);
  });

  test('reads what peersYaml wrote', () => {
    const list = fc.uniqueArray(
      fc.record(
        {
          publicKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
          addresses: fc.array(fc.constantFrom(ADDRESS, '/ip6/::1/tcp/1', '/dns4/a.b/tcp/2'), {
            minLength: 1,
            maxLength: 5,
          }),
        },
        { noNullPrototype: true },
      ),
      { selector: ({ publicKey }) => base64(publicKey), maxLength: 5 },
    );
    fc.assert(
      fc.property(list, (entries) => {
        assert.deepEqual(parsePeersYaml(peersYaml(entries)), { peers: entries, rejected: [] });
      }),
    );
  });
});
