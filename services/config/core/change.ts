import { equalBytes } from '#libs/bytes/bytes.ts';
import { KEY_TABLE, type SettingKey, type SettledService } from '#libs/settings/key-table.ts';
import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';
import type { ParsedPeers } from '#libs/settings/peers-yaml.ts';
import type { Settings } from '#libs/settings/settings.ts';
import type { Configuration } from './configuration.ts';

/** One key that differs, for people. */
export interface ChangedKey {
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** The effect of a reload of the files on the running node. */
export interface Change {
  /** The configuration in force after it: the very same object when no live key changed. */
  readonly next: Configuration;
  /** Keys that changed and come into force with it. */
  readonly live: readonly ChangedKey[];
  /** Keys that differ from the configuration in force and wait for the next start. */
  readonly restart: readonly ChangedKey[];
  /** Services that work with a key that changed: nobody else is asked (P2P-61). */
  readonly services: ReadonlySet<SettledService>;
}

/** The peer list as a key among the others. */
export const PEERS_KEY = 'peers.yaml';

/** Services that work with it: which of the two depends on the transport of the chain. */
export const PEER_USERS: ReadonlySet<SettledService> = new Set<SettledService>(['gateway', 'consensus']);

/** Compares files that were read again with the configuration in force, key by key (P2P-61). */
export function changeOf(current: Configuration, loaded: Settings): Change {
  const changed = KEY_TABLE.filter(({ isSame }) => !isSame(current.node, loaded.node));
  const live = changed.filter(({ effect }) => effect === 'live');
  const restart = changed.filter(({ effect }) => effect === 'restart');
  const peersChanged = !isSamePeerList(current.peers, loaded.peers);
  const liveKeys = live.map((each) => changedKey(each, current.node, loaded.node));
  if (peersChanged) liveKeys.push(changedPeers(current.peers, loaded.peers));
  return {
    next: liveKeys.length === 0 ? current : nextOf(current, loaded),
    live: liveKeys,
    restart: restart.map((each) => changedKey(each, current.node, loaded.node)),
    services: new Set([...changed.flatMap(({ services }) => services), ...(peersChanged ? PEER_USERS : [])]),
  };
}

function nextOf(current: Configuration, loaded: Settings): Configuration {
  const { networkAddresses, connectionTimeoutMs, exchangeIntervalMs, delinquentTimeoutMs, logging } =
    loaded.node;
  const times = { connectionTimeoutMs, exchangeIntervalMs, delinquentTimeoutMs };
  const live = { networkAddresses, ...times, logging };
  const node: NodeConfiguration = { ...current.node, ...live };
  const { peers, warnings } = loaded;
  return { node, peers, warnings, generation: current.generation + 1n };
}

function changedKey({ key, text }: SettingKey, a: NodeConfiguration, b: NodeConfiguration): ChangedKey {
  return { key, before: text(a), after: text(b) };
}

function changedPeers(a: ParsedPeers, b: ParsedPeers): ChangedKey {
  return { key: PEERS_KEY, before: `${a.peers.length} peers`, after: `${b.peers.length} peers` };
}

/** Whether two lists have the same peers at the same addresses; the times when peers were seen do not count. */
export function isSamePeerList(a: ParsedPeers, b: ParsedPeers): boolean {
  if (a === b) return true;
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
