import { join } from 'node:path';
import type { Logger } from '#libs/log/logger.ts';
import type { Settings } from '#libs/settings/settings.ts';
import { CONF_FILE_NAME, openConfFile, readConfFile } from './conf-file.ts';
import type { FileImage } from './file-image.ts';
import { removeLeftovers } from './leftovers.ts';
import { openPeersFile, PEERS_FILE_NAME, readPeersFile } from './peers-file.ts';
import { whileNobodyWrites } from './settings-lock.ts';

/** Settings, and the files they were read from. */
export interface LoadedSettings extends Settings {
  readonly confImage: FileImage;
  readonly peersImage: FileImage;
}

/** Where the settings files of a home are. */
export function settingsPaths(home: string): { readonly conf: string; readonly peers: string } {
  return { conf: join(home, CONF_FILE_NAME), peers: join(home, PEERS_FILE_NAME) };
}

/**
 * Reads conf.yaml and peers.yaml at the start. Before that it creates a missing conf.yaml, or a missing private key
 * in it.
 *
 * @throws ConfigurationError with the text for stderr.
 */
export async function openHome(home: string, log: Logger): Promise<LoadedSettings> {
  const paths = settingsPaths(home);
  await removeLeftovers(home);
  const { configuration: node, warnings, image } = await openConfFile(paths.conf, log);
  const peers = await whileNobodyWrites(home, log, () =>
    openPeersFile(paths.peers, node.identity.publicKey, log),
  );
  return { node, warnings, peers: peers.list, confImage: image, peersImage: peers.image };
}

/**
 * Reads both files again and changes neither.
 *
 * @param last - The settings as last read; their identity is the one in force.
 * @throws ConfigurationError when one is invalid; then nothing of the other counts.
 */
export async function reloadHome(home: string, last: LoadedSettings, log: Logger): Promise<LoadedSettings> {
  const paths = settingsPaths(home);
  return whileNobodyWrites(home, log, async () => {
    const { configuration: node, warnings, image } = await readConfFile(paths.conf, log);
    const lastPeers = { list: last.peers, image: last.peersImage };
    const peers = await readPeersFile(paths.peers, lastPeers, last.node.identity.publicKey);
    return { node, warnings, peers: peers.list, confImage: image, peersImage: peers.image };
  });
}
