import type { Settings } from './core/configuration.ts';

/** conf.yaml and peers.yaml of the home folder. */
export interface SettingsFiles {
  /**
   * Reads both at start, and first makes what is missing: conf.yaml, or its private key.
   *
   * @throws ConfigurationError with the text for stderr.
   */
  open(): Promise<Settings>;
  /**
   * Reads both again and changes neither.
   *
   * @throws ConfigurationError when one is invalid; then nothing of the other counts.
   */
  reload(current: Settings): Promise<Settings>;
}

/** Tells the outside that another configuration is in force. Never throws, never waits. */
export interface ConfigurationEvents {
  configurationChanged(generation: bigint): void;
}

/** Why the files are read again. */
export type ReloadTrigger = 'file changed' | 'SIGHUP';
