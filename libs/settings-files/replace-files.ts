import { AppError } from '#libs/errors/app-error.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { CONF_TEXT_BYTES_MAX, PEERS_TEXT_BYTES_MAX } from '#libs/settings/limits.ts';
import { parsePeersYaml } from '#libs/settings/peers-yaml.ts';
import { backUp } from './backup.ts';
import { ConfigurationError, errorClassOf } from './configuration-error.ts';
import { FileImage } from './file-image.ts';
import { problemOf, readSettingsFile } from './settings-file.ts';
import { whileAlone } from './settings-lock.ts';

/** A settings file, its content when it was read, and the new text. */
export interface FileReplacement {
  readonly path: string;
  readonly before: FileImage;
  readonly text: string;
}

/** conf.yaml holds the private key: nobody but its owner reads it (P2P-66). */
const CONF_MODE = 0o600;

/**
 * Replaces conf.yaml by a text that must be valid, and keeps a copy of the one before.
 *
 * @returns the name of the copy.
 * @throws AppError when it is not valid, was changed meanwhile, or cannot be written; then the file is as it was.
 */
export function replaceConfFile(file: FileReplacement): Promise<string> {
  parseConfYaml(file.text);
  return replace(file, { bytesMax: CONF_TEXT_BYTES_MAX, mode: CONF_MODE });
}

/** The same for peers.yaml, which keeps its mode. */
export function replacePeersFile(file: FileReplacement): Promise<string> {
  parsePeersYaml(file.text);
  return replace(file, { bytesMax: PEERS_TEXT_BYTES_MAX });
}

async function replace(
  { path, before, text }: FileReplacement,
  { bytesMax, mode }: { readonly bytesMax: number; readonly mode?: number },
): Promise<string> {
  try {
    return await whileAlone(path, async () => {
      const there = await readSettingsFile(path, bytesMax);
      if (there === undefined || !FileImage.of(there.bytes).isSameAs(before)) {
        throw new AppError('it was changed meanwhile: try again', { code: 'FILE_CHANGED' });
      }
      const backup = await backUp(path, there.bytes, new Date());
      await writeFileAtomic(path, text, mode ?? there.mode);
      return backup;
    });
  } catch (error) {
    const detail = { code: 'CONFIG_CONF_REFUSED', class: errorClassOf(error) } as const;
    throw new ConfigurationError(`${path} cannot be replaced: ${problemOf(error)}`, detail, { cause: error });
  }
}
