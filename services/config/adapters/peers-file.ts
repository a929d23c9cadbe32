import { AppError } from '#libs/errors/app-error.ts';
import type { Logger } from '#libs/log/logger.ts';
import { PEERS_TEXT_BYTES_MAX } from '#libs/settings/limits.ts';
import { NO_PEERS, type PeerList, parsePeersYaml } from '#libs/settings/peers-yaml.ts';
import { SettingsError } from '#libs/settings/settings-error.ts';
import { ConfigurationError } from '../core/errors.ts';
import { backUp } from './backup.ts';
import { problemOf, readTextFile } from './text-file.ts';

export const PEERS_FILE_NAME = 'peers.yaml';

const PREFIX = 'Failed to start network manager: bootstrap validation failed: failed to load peers: ';

/**
 * Reads peers.yaml at start; a missing one means standalone. A file that cannot be parsed is kept as a backup and the
 * start is refused (P2P-34); so is one of zero bytes (7.2 row 7).
 *
 * @throws ConfigurationError whose message is for stderr.
 */
export async function openPeersFile(path: string, ownPublicKey: Uint8Array, log: Logger): Promise<PeerList> {
  const text = await readText(path);
  if (text === undefined) return NO_PEERS;
  try {
    return parsePeersYaml(text, ownPublicKey);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    if (error.detail.code === 'PEERS_EMPTY') throw refused(error.message, error);
    const backup = await backUp(path, text, new Date());
    log.warn('peer file corrupted, a copy is kept', { backup });
    throw refused(
      `${error.message}; a copy is in ${backup}: mend ${PEERS_FILE_NAME} or write "peers: []"`,
      error,
    );
  }
}

/**
 * Reads peers.yaml of a running node. When the file is gone although it had peers, that is not a wish to be alone:
 * the list in memory stays (P2P-39).
 *
 * @throws ConfigurationError.
 */
export async function readPeersFile(path: string, current: PeersInForce): Promise<PeerList> {
  const text = await readText(path);
  if (text === undefined) {
    if (current.peers.peers.length === 0) return NO_PEERS;
    const message = `${PEERS_FILE_NAME} is gone; the peers in memory stay. Write "peers: []" to run without peers`;
    throw new ConfigurationError(message, { code: 'CONFIG_PEERS_GONE' });
  }
  try {
    return parsePeersYaml(text, current.ownPublicKey);
  } catch (error) {
    if (error instanceof AppError) throw refused(error.message, error);
    throw error;
  }
}

export interface PeersInForce {
  readonly peers: PeerList;
  readonly ownPublicKey: Uint8Array;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readTextFile(path, PEERS_TEXT_BYTES_MAX))?.text;
  } catch (error) {
    throw refused(`failed to read peer file: ${problemOf(error)}`, error);
  }
}

function refused(problem: string, cause: unknown): ConfigurationError {
  return new ConfigurationError(PREFIX + problem, { code: 'CONFIG_PEERS_REFUSED' }, { cause });
}
