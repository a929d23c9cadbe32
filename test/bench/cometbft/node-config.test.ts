import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changedConfig, peerIdsIn } from './node-config.ts';

const CONFIG = `# laddr = "a comment"
proxy_app = "tcp://127.0.0.1:26658"

[rpc]
laddr = "tcp://127.0.0.1:26657"

[p2p]
laddr = "tcp://0.0.0.0:26656"
persistent_peers = ""
`;

describe('the configuration of a node', () => {
  test('has other values where they are asked for, each in its section, and is the same elsewhere', () => {
    const changed = changedConfig(CONFIG, { '': { proxy_app: '"kvstore"' }, p2p: { laddr: '"there"' } });
    assert.equal(
      changed,
      CONFIG.replace('"tcp://127.0.0.1:26658"', '"kvstore"').replace('"tcp://0.0.0.0:26656"', '"there"'),
    );
  });

  test('is refused where a key is missing, or in another section, by its name', () => {
    const missing = /^Error: config\.toml of CometBFT has consensus\.timeout_commit 0 times, not once$/;
    assert.throws(() => changedConfig(CONFIG, { consensus: { timeout_commit: '"0s"' } }), missing);
    assert.throws(
      () => changedConfig(CONFIG, { rpc: { proxy_app: '"kvstore"' } }),
      /has rpc\.proxy_app 0 times/,
    );
  });

  test('is refused where a key stands twice', () => {
    assert.throws(
      () => changedConfig(`proxy_app = "x"\n${CONFIG}`, { '': { proxy_app: '"y"' } }),
      /proxy_app 2 times/,
    );
  });
});

describe('the identities of the nodes', () => {
  const [first, second] = ['0a'.repeat(20), 'ff'.repeat(20)];

  test('are read in their order', () => {
    const config = `persistent_peers = "${first}@127.0.0.1:26656,${second}@127.0.0.1:26656"\n`;
    assert.deepEqual(peerIdsIn(config), [first, second]);
  });

  test('are refused where none or something else stands', () => {
    assert.throws(() => peerIdsIn(CONFIG), /names no identity in ""/);
    assert.throws(() => peerIdsIn('[p2p]\n'), /names no identity in ""/);
    assert.throws(() => peerIdsIn(`persistent_peers = "${first}@a:1,b@c:1"`), /names no identity in "b@c:1"/);
  });
});
