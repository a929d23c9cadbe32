import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBus } from '#libs/events/memory-bus.ts';
import { PeerConnected, PeerConnectionFailed, PeerDisconnected } from '#libs/proto/btcfed/event/v1/event.ts';
import { peerEvents } from './peer-events.ts';

test('P2P-09 tells connections as signals, and nothing of them fails while the bus is away', async () => {
  const bus = new MemoryBus({ network: 'local', member: 'm1' });
  await bus.start();
  const signals = peerEvents(bus);
  const peer = { publicKey: new Uint8Array(32).fill(7), peerId: '12D3KooW' };
  signals.connected(peer);
  signals.disconnected({ ...peer, reason: 'gone' });
  signals.connectionFailed({ ...peer, reason: 'refused' });
  bus.setServerUp(false);
  signals.connected(peer);

  const [up, down, failed, none] = bus.published;
  assert.equal(none, undefined);
  assert.ok(up !== undefined && down !== undefined && failed !== undefined);
  assert.deepEqual(
    [up, down, failed].map(({ kind, subject }) => `${kind} ${subject}`),
    [
      'signal btcfed.local.m1.gateway.peer.connected.v1',
      'signal btcfed.local.m1.gateway.peer.disconnected.v1',
      'signal btcfed.local.m1.gateway.peer.connection_failed.v1',
    ],
  );
  assert.equal(PeerConnected.decode(up.body).peerId, '12D3KooW');
  assert.equal(PeerConnectionFailed.decode(failed.body).reason, 'refused');
  assert.equal(PeerDisconnected.decode(down.body).reason, 'gone');
});
