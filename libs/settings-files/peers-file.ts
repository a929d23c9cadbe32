import type { Logger } from '#libs/log/logger.ts';
import { PEERS_TEXT_BYTES_MAX } from '#libs/settings/limits.ts';
import { NO_PEERS, type ParsedPeers, parsePeersYaml, peersText } from '#libs/settings/peers-yaml.ts';
import { SettingsError } from '#libs/settings/settings-error.ts';
import { backUp } from './backup.ts';
import { ConfigurationError, type ErrorClass, errorClassOf } from './configuration-error.ts';
import { FileImage } from './file-image.ts';
import { problemOf, readSettingsFile } from './settings-file.ts';

export const PEERS_FILE_NAME = 'peers.yaml';

const PREFIX = 'Failed to start network manager: bootstrap validation failed: failed to load peers: ';

/** peers.yaml as the file says it, and the file it was read from. */
export interface LoadedPeers {
  readonly list: ParsedPeers;
  readonly image: FileImage;
}

/**
 * Reads peers.yaml at start; a missing one means standalone. A file that cannot be parsed is kept as a backup and the
 * start is refused (P2P-34); so is one of zero bytes (test/requirements/contradictions.md row 7).
 *
 * @throws ConfigurationError whose message is for stderr.
 */
export async function openPeersFile(
  path: string,
  ownPublicKey: Uint8Array,
  log: Logger,
): Promise<LoadedPeers> {
  const image = await readImage(path);
  if (image.bytes === undefined) return { list: NO_PEERS, image };
  try {
    return { list: parsePeersYaml(peersText(image.bytes), ownPublicKey), image };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    if (error.detail.code === 'PEERS_EMPTY') throw refusedText(error);
    const backup = await backUp(path, image.bytes, new Date());
    log.warn('peer file corrupted, a copy is kept', { backup });
    const cure = `a copy is in ${backup}: fix ${PEERS_FILE_NAME} or write "peers: []"`;
    throw refused(
      `${error.message}; ${cure}`,
      { class: 'configuration', plain: `${error.inFile(PEERS_FILE_NAME)}; ${cure}` },
      error,
    );
  }
}

/**
 * Reads peers.yaml of a running node. When the file is gone although it had peers, that is not a wish to be alone:
 * the list in memory stays (P2P-39). A file with the bytes of `last` is not parsed again.
 *
 * @throws ConfigurationError.
 */
export async function readPeersFile(
  path: string,
  last: LoadedPeers,
  ownPublicKey: Uint8Array,
): Promise<LoadedPeers> {
  const image = await readImage(path);
  if (image.isSameAs(last.image)) return last;
  if (image.bytes === undefined) {
    if (last.list.peers.length === 0) return { list: NO_PEERS, image };
    const message = `${PEERS_FILE_NAME} is gone; the peers in memory stay. Write "peers: []" to run without peers`;
    throw new ConfigurationError(message, { code: 'CONFIG_PEERS_GONE', class: 'configuration' });
  }
  try {
    return { list: parsePeersYaml(peersText(image.bytes), ownPublicKey), image };
  } catch (error) {
    if (error instanceof SettingsError) throw refusedText(error);
    throw error;
  }
}

async function readImage(path: string): Promise<FileImage> {
  try {
    return FileImage.of((await readSettingsFile(path, PEERS_TEXT_BYTES_MAX))?.bytes);
  } catch (error) {
    const problem = problemOf(error);
    const detail = { class: errorClassOf(error), plain: `${PEERS_FILE_NAME} cannot be read: ${problem}` };
    throw refused(`failed to read peer file: ${problem}`, detail, error);
  }
}

function refusedText(error: SettingsError): ConfigurationError {
  return refused(error.message, { class: 'configuration', plain: error.inFile(PEERS_FILE_NAME) }, error);
}

interface Refusal {
  readonly class: ErrorClass;
  readonly plain: string;
}

function refused(problem: string, { class: errorClass, plain }: Refusal, cause: unknown): ConfigurationError {
  const detail = { code: 'CONFIG_PEERS_REFUSED', class: errorClass } as const;
  return new ConfigurationError(PREFIX + problem, detail, { cause, plain });
}
