import { equalBytes } from '#libs/bytes/bytes.ts';
import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';
import type { PeerList } from '#libs/settings/peers-yaml.ts';
import type { Configuration, Settings } from './configuration.ts';

/** What a reload of the files means for the running node. */
export interface Change {
  /** The configuration now in force: the very same object when no live key changed. */
  readonly next: Configuration;
  /** Keys that changed and are in force. */
  readonly live: readonly string[];
  /** Keys that changed in the files and come into force at the next start only. */
  readonly restart: readonly string[];
}

interface KeyRule {
  readonly key: string;
  readonly isSame: (a: Settings, b: Settings) => boolean;
}

/** Keys that a service reads once, at its start: a socket, an identity. */
const RESTART_KEYS: readonly KeyRule[] = [
  { key: 'node.private_key', isSame: (a, b) => a.node.identity.equals(b.node.identity) },
  nodeKey('network.addresses', ({ networkAddresses }) => networkAddresses),
  nodeKey('services.client_address', ({ services }) => services.clientAddress),
  nodeKey('services.signer_address', ({ services }) => services.signerAddress),
  nodeKey('services.nats_url', ({ services }) => services.natsUrl),
];

/** Keys that watchers take over while they run. */
const LIVE_KEYS: readonly KeyRule[] = [
  nodeKey('peers.connection_timeout', ({ connectionTimeoutMs }) => connectionTimeoutMs),
  nodeKey('peers.exchange_interval', ({ exchangeIntervalMs }) => exchangeIntervalMs),
  nodeKey('logging.level', ({ logging }) => logging.level),
  nodeKey('logging.format', ({ logging }) => logging.format),
  nodeKey('logging.console_output', ({ logging }) => logging.consoleOutput),
  nodeKey('logging.console_color', ({ logging }) => logging.consoleColor),
  nodeKey('logging.file_output', ({ logging }) => logging.fileOutput),
  nodeKey('logging.file_name', ({ logging }) => logging.fileName),
  nodeKey('logging.file_max_size', ({ logging }) => logging.fileSizeBytesMax),
  { key: 'peers.yaml', isSame: (a, b) => isSamePeerList(a.peers, b.peers) },
];

/** Compares files that were read again with what is in force, key by key (P2P-61). */
export function changeOf(current: Configuration, loaded: Settings): Change {
  const live = changedKeys(LIVE_KEYS, current, loaded);
  const restart = changedKeys(RESTART_KEYS, current, loaded);
  if (live.length === 0) return { next: current, live, restart };
  const { identity, networkAddresses, services } = current.node;
  const node: NodeConfiguration = { ...loaded.node, identity, networkAddresses, services };
  return { next: { ...loaded, node, generation: current.generation + 1n }, live, restart };
}

function changedKeys(rules: readonly KeyRule[], a: Settings, b: Settings): readonly string[] {
  return rules.filter(({ isSame }) => !isSame(a, b)).map(({ key }) => key);
}

function nodeKey(key: string, pick: (node: NodeConfiguration) => unknown): KeyRule {
  return { key, isSame: (a, b) => JSON.stringify(pick(a.node)) === JSON.stringify(pick(b.node)) };
}

function isSamePeerList(a: PeerList, b: PeerList): boolean {
  if (a.peers.length !== b.peers.length) return false;
  const isSamePeer = a.peers.every((peer, index) => {
    const other = b.peers[index];
    return (
      other !== undefined &&
      equalBytes(peer.publicKey, other.publicKey) &&
      peer.addresses.join('\n') === other.addresses.join('\n')
    );
  });
  return isSamePeer && JSON.stringify(a.rejected) === JSON.stringify(b.rejected);
}
