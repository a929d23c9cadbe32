import type { Settings } from '#libs/settings/settings.ts';

/** The settings in force. */
export interface Configuration extends Settings {
  /** 1 for the first; grows by one with every change in force. */
  readonly generation: bigint;
}

export function firstConfiguration({ node, peers, warnings }: Settings): Configuration {
  return { node, peers, warnings, generation: 1n };
}
