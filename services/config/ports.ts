import type { SettledService } from '#libs/settings/key-table.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import type { LoadedSettings } from '#libs/settings-files/home-files.ts';
import type { LoadedPeers } from '#libs/settings-files/peers-file.ts';
import type { Configuration } from './core/configuration.ts';

/** conf.yaml and peers.yaml of the home folder. */
export interface SettingsFiles {
  /**
   * Reads both files at the start. Before that it creates a missing conf.yaml, or a missing private key in it.
   *
   * @throws ConfigurationError with the text for stderr.
   */
  open(): Promise<LoadedSettings>;
  /**
   * Reads both again and changes neither.
   *
   * @throws ConfigurationError when one is invalid; then nothing of the other counts.
   */
  reload(last: LoadedSettings): Promise<LoadedSettings>;
  /** Keeps copies of the files that `last` was read from, as far as `next` was read from other bytes (P2P-62). */
  keepCopies(last: LoadedSettings, next: LoadedSettings): Promise<void>;
  /**
   * Writes peers into peers.yaml, merged with a person's edits of it.
   *
   * @returns the list that file and memory now agree on.
   * @throws ConfigurationError; then the file is as it was.
   */
  savePeers(last: LoadedSettings, memory: readonly PeerEntry[]): Promise<LoadedPeers>;
}

/** Tells the outside that another configuration is in force. Never throws, never waits. */
export interface ConfigurationEvents {
  configurationChanged(generation: bigint): void;
}

/** A part of the node that applies settings while it runs. Every step ends in time. */
export interface Participant {
  readonly service: SettledService;
  /**
   * Checks the proposed configuration and prepares for commit and rollback alike. Nothing can be seen of that
   * outside.
   *
   * @throws ConfigurationError when it refuses, is lost, or is too late.
   */
  prepare(configuration: Configuration): Promise<void>;
  /**
   * Puts the prepared configuration into force. A participant that cannot do so is cut off, and applies the
   * configuration in force when it is back.
   */
  commit(): Promise<void>;
  /** Forgets the prepared configuration. Participants that fail are treated as in `commit`. */
  rollBack(): Promise<void>;
  /** Hears of peers that came into force between reloads. */
  peersInForce(peers: readonly PeerEntry[]): void;
}
