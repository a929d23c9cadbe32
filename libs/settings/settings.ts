import type { NodeConfiguration } from './node-configuration.ts';
import type { ParsedPeers } from './peers-yaml.ts';

/** What conf.yaml and peers.yaml say, both valid. */
export interface Settings {
  readonly node: NodeConfiguration;
  readonly peers: ParsedPeers;
  /** What a person should look at in conf.yaml although it is valid. */
  readonly warnings: readonly string[];
}
