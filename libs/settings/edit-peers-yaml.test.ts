import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeBase64 } from './base64.ts';
import { editPeersYaml } from './edit-peers-yaml.ts';
import type { PeerEntry } from './peer-entry.ts';
import { parsePeersYaml, peersYaml } from './peers-yaml.ts';

const key = (fill: number) => new Uint8Array(32).fill(fill);
const base64 = (fill: number) => encodeBase64(key(fill));
const peer = (fill: number, more: Partial<PeerEntry> = {}): PeerEntry => ({
  publicKey: key(fill),
  addresses: [`/ip4/10.0.0.${fill}/tcp/9000`],
  ...more,
});

const BY_HAND = `# peers of alice

# our own hub
peers:
- public_key: '${base64(1)}' # the hub
  # over the tunnel first
  addresses: ["/ip4/10.0.0.1/tcp/9000"]
  max_retries: 3
- public_key: ${base64(2)}
  addresses:
  - /ip4/10.0.0.2/tcp/9000
- public_key: bad

# the end
`;

describe('editPeersYaml', () => {
  test('P2P-32 keeps comments, order, quotes, unknown keys and bad entries', () => {
    const text = editPeersYaml(BY_HAND, {
      put: [peer(2, { lastSeenS: 1_790_000_000 }), peer(3, { learned: true })],
      remove: [],
    });
    assert.equal(
      text,
      BY_HAND.replace(
        '- public_key: bad\n',
        `  last_seen: 2026-09-21T14:13:20Z\n- public_key: bad\n- public_key: ${base64(3)}\n  addresses:\n  - /ip4/10.0.0.3/tcp/9000\n  learned: true\n`,
      ),
    );
  });

  test('removes an entry with what was said about it, and nothing else', () => {
    const text = editPeersYaml(BY_HAND, { put: [], remove: [key(2)] });
    assert.equal(
      text,
      BY_HAND.replace(`- public_key: ${base64(2)}\n  addresses:\n  - /ip4/10.0.0.2/tcp/9000\n`, ''),
    );
  });

  test('finds an entry whose key is written another way', () => {
    const folded = `peers:\n    - public_key: "${base64(1).slice(0, 20)}\\n${base64(1).slice(20)}"\n      addresses: [/ip4/10.0.0.1/tcp/9000]\n`;
    const text = editPeersYaml(folded, { put: [peer(1, { addresses: ['/ip4/9.9.9.9/tcp/1'] })], remove: [] });
    assert.deepEqual(parsePeersYaml(text).peers, [peer(1, { addresses: ['/ip4/9.9.9.9/tcp/1'] })]);
  });

  for (const text of [
    undefined,
    '# only words\n',
    '{}\n',
    'peers:\n',
    'peers: ~\n',
    'peers: []\n',
    'other: 1\n',
  ]) {
    test(`adds the first entry to ${JSON.stringify(text)}`, () => {
      const edited = editPeersYaml(text, { put: [peer(7)], remove: [] });
      assert.deepEqual(parsePeersYaml(edited), { peers: [peer(7)], rejected: [] });
    });
  }

  test('P2P-44 makes any list of any other', () => {
    const entry = fc
      .record({
        fill: fc.nat({ max: 8 }),
        port: fc.integer({ min: 1, max: 65_535 }),
        lastSeenS: fc.option(fc.integer({ min: 1, max: 4_000_000_000 }), { nil: undefined }),
        learned: fc.boolean(),
      })
      .map(({ fill, port, lastSeenS, learned }) =>
        peer(fill, {
          addresses: [`/ip4/10.0.0.1/tcp/${port}`],
          ...(lastSeenS === undefined ? {} : { lastSeenS }),
          ...(learned ? { learned } : {}),
        }),
      );
    const list = fc.uniqueArray(entry, { selector: ({ publicKey }) => publicKey[0] });
    fc.assert(
      fc.property(list, list, (from, to) => {
        const kept = new Set(to.map(({ publicKey }) => publicKey[0]));
        const remove = from.map(({ publicKey }) => publicKey).filter((own) => !kept.has(own[0]));
        const { peers, rejected } = parsePeersYaml(editPeersYaml(peersYaml(from), { put: to, remove }));
        const byKey = (a: PeerEntry, b: PeerEntry) => (a.publicKey[0] ?? 0) - (b.publicKey[0] ?? 0);
        // A known time of last sight is never lost to an entry without one.
        const known = new Map(from.map(({ publicKey, lastSeenS }) => [publicKey[0], lastSeenS]));
        const wanted = to.map((own) => {
          const lastSeenS = own.lastSeenS ?? known.get(own.publicKey[0]);
          return lastSeenS === undefined ? own : { ...own, lastSeenS };
        });
        assert.deepEqual([peers.toSorted(byKey), rejected], [wanted.toSorted(byKey), []]);
      }),
    );
  });
});
