import type { NodeConfiguration } from './node-configuration.ts';
import type { ParsedPeers } from './peers-yaml.ts';

/** The settings of conf.yaml and peers.yaml, both valid. */
export interface Settings {
  readonly node: NodeConfiguration;
  readonly peers: ParsedPeers;
  /** Warnings about valid but doubtful settings in conf.yaml. */
  readonly warnings: readonly string[];
}
