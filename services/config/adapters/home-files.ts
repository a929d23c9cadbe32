import { join } from 'node:path';
import type { Logger } from '#libs/log/logger.ts';
import type { Settings } from '../core/configuration.ts';
import type { SettingsFiles } from '../ports.ts';
import { CONF_FILE_NAME, openConfFile, readConfFile } from './conf-file.ts';
import { removeLeftovers } from './leftovers.ts';
import { openPeersFile, PEERS_FILE_NAME, readPeersFile } from './peers-file.ts';

/** conf.yaml and peers.yaml in the home folder of a member. */
export function homeFiles(home: string, log: Logger): SettingsFiles {
  const confPath = join(home, CONF_FILE_NAME);
  const peersPath = join(home, PEERS_FILE_NAME);
  return {
    open: async (): Promise<Settings> => {
      await removeLeftovers(home);
      const { configuration: node, warnings } = await openConfFile(confPath, log);
      return { node, warnings, peers: await openPeersFile(peersPath, node.identity.publicKey, log) };
    },
    reload: async (current: Settings): Promise<Settings> => {
      const { configuration: node, warnings } = await readConfFile(confPath, log);
      const ownPublicKey = current.node.identity.publicKey;
      return {
        node,
        warnings,
        peers: await readPeersFile(peersPath, { peers: current.peers, ownPublicKey }),
      };
    },
  };
}
