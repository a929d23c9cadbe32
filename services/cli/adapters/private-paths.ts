import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  exposuresOf,
  type KeyPlaces,
  type PrivateKeyPath,
  privateKeysOf,
} from '#services/launcher/adapters/private-homes.ts';
import type { ModeFacts, PrivatePath } from '../core/host-files.ts';
import { fileFacts } from './machine-facts.ts';

/**
 * The ways to the secrets of a home: exposures of private keys by the rule of all services, and the modes of the folders and
 * of all else that is for one user. They should belong to the owner of the home, so that root may ask too.
 */
export function modeFacts(places: KeyPlaces): ModeFacts {
  const { paths } = places;
  const keys = [...privateKeysOf(places), ...olderKeys(places)];
  const folders = [
    ...[paths.home, paths.tls.folder, paths.signerFolder, paths.consensusFolder],
    ...[paths.runFolder, paths.logsFolder, join(paths.home, 'nats')],
  ];
  const secrets = [...filesIn(paths.signerFolder), join(paths.home, 'nats', 'reader.url')];
  const { uid } = statSync(paths.home);
  return {
    exposures: exposuresOf(keys),
    paths: [...folders, ...secrets].flatMap((path) => factsOf(path, uid)),
  };
}

/** None for a path that is not there: a service that runs makes files and removes them meanwhile. */
function factsOf(path: string, owner: number): readonly PrivatePath[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return [{ ...fileFacts(path, stats, owner), isFolder: stats.isDirectory() }];
}

/** Copies that a renewal or a migration kept: they hold keys that are in use, or were. */
function olderKeys({ paths }: KeyPlaces): readonly PrivateKeyPath[] {
  const ofTls = filesIn(paths.tls.folder).filter((path) => path.endsWith('.key'));
  const ofConf = filesIn(paths.home).filter((path) => path.startsWith(`${paths.conf}.`));
  return [
    ...ofTls.map((path) => [path, 'group-of-root'] as const),
    ...ofConf.map((path) => [path, 'user'] as const),
  ];
}

/** A folder that is missing, or that this user may not look into, has none. */
function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
