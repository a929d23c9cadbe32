import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';
import type { PeerList } from '#libs/settings/peers-yaml.ts';

/** What conf.yaml and peers.yaml say, both valid. */
export interface Settings {
  readonly node: NodeConfiguration;
  readonly peers: PeerList;
  /** What a person should look at in conf.yaml although it is valid. */
  readonly warnings: readonly string[];
}

/** The settings in force. */
export interface Configuration extends Settings {
  /** 1 for the first; grows by one with every change in force. */
  readonly generation: bigint;
}

export function firstConfiguration(settings: Settings): Configuration {
  return { ...settings, generation: 1n };
}
