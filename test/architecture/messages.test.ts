import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const sources = sourceFiles(ROOT).map((file) => readFileSync(`${ROOT}${file}`, 'utf8'));

/** The messages that operators and their scripts search for, word for word (test/requirements/texts.md 5.2 and 5.3). */
const MESSAGES = [
  'BTC Federation Node starting with config',
  'LIBP2P HOST: Creating host with connection and resource management',
  'LIBP2P HOST: Connection Manager',
  'LIBP2P HOST: Resource Manager',
  'LIBP2P HOST: Listen addresses',
  'LIBP2P HOST: Created host',
  'LIBP2P HOST: Host listening on',
  'Network manager started successfully',
  'NODE_PEER_ID',
  'NetworkManager: No peers configured - running in standalone mode',
  'NetworkManager: Loaded peers from storage',
  'NetworkManager: Waiting for bootstrap connections',
  'NetworkManager: Bootstrap successful',
  'NetworkManager: Peer state changed',
  'NetworkManager: Incoming connection matched configured peer, updating state immediately',
  'NetworkManager: Received connection from unconfigured peer',
  'NetworkManager: Connection established with peer',
  'NetworkManager: Successfully established connection with peer',
  'NetworkManager: Connection closed with peer',
  'Connection deduplication: Found multiple connections to peer',
  'Connection deduplication: Closing connection',
  'Connection deduplication: Closing new connection, keeping oldest',
  'PeerHandler: Successfully connected to peer',
  'PeerHandler: Failed to connect to peer',
  'PeerHandler: Peer failed, will retry',
  'PeerHandler: Peer marked as permanently failed',
  'PeerHandler: *** PERIODIC RETRY TRIGGERED ***',
  'PeerHandler: Connection to peer lost, attempting reconnection',
  'Error handling stream for protocol',
  'Error in connection handler',
  'Error in disconnection handler',
  'Node started successfully',
  'Peer ID',
  'Listening addresses',
  'For peers.yaml, use peer ID',
  'Shutting down...',
  'Shutdown complete',
  'Error stopping network manager',
  'Failed to create network manager',
  'Failed to start network manager',
  'Block proposed successfully',
  'Vote created and sent',
  'Quorum certificate formed successfully',
  'Block committed to chain',
  'Failed to process proposal message',
  'Failed to process vote message',
];

/** Messages of upstream that nothing here can say, and why. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  'NetworkManager: Failed to create handler for peer':
    'a peer without a usable key is filtered from peers.yaml',
  'PeerHandler: Failed to derive peer ID from public key': 'the same',
  'PeerHandler: Connect failed': 'each address that fails is told by "Failed to connect to peer"',
  'closing multiple connections':
    'two connections are settled when the second comes, so there never are more',
  'Storage recovery failed, continuing with fresh state':
    'a member without its record must not vote: it halts',
};

describe('LOG-24 the wording of messages stays', () => {
  for (const message of MESSAGES) {
    test(message, () => assert.ok(sources.some((text) => text.includes(`'${message}'`))));
  }

  for (const [message, why] of Object.entries(IMPOSSIBLE)) {
    test(`${message}: not here, for ${why}`, () =>
      assert.ok(!sources.some((text) => text.includes(message))));
  }
});
