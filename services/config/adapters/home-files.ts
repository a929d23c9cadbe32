import type { Logger } from '#libs/log/logger.ts';
import { backUp } from '#libs/settings-files/backup.ts';
import type { FileImage } from '#libs/settings-files/file-image.ts';
import { openHome, reloadHome, settingsPaths } from '#libs/settings-files/home-files.ts';
import { savePeers } from '#libs/settings-files/save-peers.ts';
import type { SettingsFiles } from '../ports.ts';

/** conf.yaml and peers.yaml in the home folder of a member. */
export function homeFiles(home: string, log: Logger): SettingsFiles {
  const paths = settingsPaths(home);
  return {
    open: () => openHome(home, log),
    reload: (last) => reloadHome(home, last, log),
    keepCopies: async (last, next) => {
      await keepCopy(paths.conf, last.confImage, next.confImage);
      await keepCopy(paths.peers, last.peersImage, next.peersImage);
    },
    savePeers: ({ node, peers, peersImage }, memory) =>
      savePeers(paths.peers, {
        last: { list: peers, image: peersImage },
        memory,
        ownPublicKey: node.identity.publicKey,
      }),
  };
}

async function keepCopy(path: string, last: FileImage, next: FileImage): Promise<void> {
  if (last.bytes === undefined || last.isSameAs(next)) return;
  await backUp(path, last.bytes, new Date());
}
