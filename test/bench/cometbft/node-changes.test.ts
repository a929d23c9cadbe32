import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeChanges } from './node-changes.ts';

const PLACE = {
  rpcAddress: '127.0.0.1:1',
  peerAddress: '127.0.0.1:2',
  peers: ['a@127.0.0.1:3', 'b@127.0.0.1:4'],
};
const TERMS = {
  setting: 'default',
  batch: 100,
  inFlight: 2_000,
  transactionBytes: 1_000,
  indexer: 'kv',
} as const;

describe('the configuration of a node of CometBFT', () => {
  test('decides as soon as it can, makes no empty blocks, and runs the kvstore in its process', () => {
    const changes = nodeChanges(PLACE, TERMS);
    assert.deepEqual(changes['']?.['proxy_app'], '"kvstore"');
    assert.deepEqual(changes['consensus'], { timeout_commit: '"0s"', create_empty_blocks: 'false' });
  });

  test('listens at its own ports and knows the others', () => {
    const { rpc, p2p } = nodeChanges(PLACE, TERMS);
    assert.equal(rpc?.['laddr'], '"tcp://127.0.0.1:1"');
    assert.deepEqual(p2p, {
      laddr: '"tcp://127.0.0.1:2"',
      persistent_peers: '"a@127.0.0.1:3,b@127.0.0.1:4"',
    });
  });

  test('leaves the pauses of the gossip as they come, or cuts both of them', () => {
    const { p2p, consensus } = nodeChanges(PLACE, { ...TERMS, setting: 'gossip-5ms' });
    assert.equal(p2p?.['flush_throttle_timeout'], '"5ms"');
    assert.equal(consensus?.['peer_gossip_sleep_duration'], '"5ms"');
  });

  test('has a mempool for all that is on its way, and never a smaller one than as it comes', () => {
    const sizeWith = (inFlight: number) => nodeChanges(PLACE, { ...TERMS, inFlight })['mempool'];
    assert.deepEqual(sizeWith(2_000), { size: '5000', cache_size: '10000' });
    assert.deepEqual(sizeWith(12_000), { size: '24000', cache_size: '48000' });
  });

  test('takes a whole batch in one request, however large its transactions are', () => {
    const { rpc } = nodeChanges(PLACE, TERMS);
    assert.deepEqual([rpc?.['max_request_batch_size'], rpc?.['max_body_bytes']], ['100', '1000000']);
    const large = nodeChanges(PLACE, { ...TERMS, batch: 1_000, transactionBytes: 10_000 });
    assert.ok(Number(large['rpc']?.['max_body_bytes']) > (1_000 * 10_000 * 4) / 3);
  });
});
