import { existsSync } from 'node:fs';
import { KEY_TABLE } from '#libs/settings/key-table.ts';
import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';
import { ifRunning } from '#services/launcher/adapters/config-client.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import type { MemberPaths } from '#services/launcher/core/member-home.ts';
import { genesisKeys } from '../core/genesis-keys.ts';

/** A key of the settings of a node, as a person reads it. Never a secret. */
export interface ShownKey {
  readonly key: string;
  readonly effect: 'live' | 'restart' | 'genesis';
  readonly value: string;
  /** The value after the next start; left out where the file says the same. */
  readonly nextStart?: string;
}

/** The values that the running node works with; undefined when none runs from this home. */
export function valuesInForce(paths: MemberPaths): Promise<ReadonlyMap<string, string> | undefined> {
  return ifRunning(paths, async (client) => {
    const { keys } = await client.getStatus({});
    return new Map(keys.map(({ key, value }) => [key, value]));
  });
}

/** Every key with its value in force, or, without one, as conf.yaml has it; then those of the genesis, where there is one. */
export function shownKeys(
  paths: MemberPaths,
  conf: NodeConfiguration,
  inForce: ReadonlyMap<string, string> | undefined,
): readonly ShownKey[] {
  return [
    ...KEY_TABLE.map(({ key, effect, text }) => {
      const written = text(conf);
      const value = inForce?.get(key) ?? written;
      return { key, effect, value, ...(value === written ? {} : { nextStart: written }) };
    }),
    ...(existsSync(paths.genesis) ? genesisKeys(readGenesis(paths.genesis)) : []),
  ];
}
