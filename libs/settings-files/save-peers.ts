import { AppError } from '#libs/errors/app-error.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { editPeersYaml, type PeersEdit } from '#libs/settings/edit-peers-yaml.ts';
import { PEERS_TEXT_BYTES_MAX } from '#libs/settings/limits.ts';
import { mergedPeers, saysTheSame } from '#libs/settings/merge-peers.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { parsePeersYaml } from '#libs/settings/peers-yaml.ts';
import { backUp } from './backup.ts';
import { ConfigurationError, errorClassOf } from './configuration-error.ts';
import { FileImage } from './file-image.ts';
import { type LoadedPeers, PEERS_FILE_NAME, readPeersFile } from './peers-file.ts';
import { problemOf, readSettingsFile } from './settings-file.ts';
import { whileAlone } from './settings-lock.ts';

/** Mode of a new peers.yaml. An existing file keeps its mode. */
const PEERS_MODE = 0o600;

export interface PeersToSave {
  /** The list that file and memory last agreed on. */
  readonly last: LoadedPeers;
  readonly memory: readonly PeerEntry[];
  readonly ownPublicKey: Uint8Array;
}

/**
 * Writes the peers in memory into peers.yaml, merged with a person's edits of the file meanwhile (P2P-38): comments
 * and order stay, the file is replaced as a whole, and a version that a person edited is kept as a copy.
 *
 * @returns the list that file and memory now agree on.
 * @throws ConfigurationError when the file cannot be read, written or locked; then it is as it was.
 */
export async function savePeers(path: string, saving: PeersToSave): Promise<LoadedPeers> {
  try {
    return await whileAlone(path, () => mergeIntoFile(path, saving));
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const message = `${PEERS_FILE_NAME} cannot be written: ${problemOf(error)}`;
    const detail = { code: 'CONFIG_PEERS_REFUSED', class: errorClassOf(error) } as const;
    throw new ConfigurationError(message, detail, { cause: error });
  }
}

async function mergeIntoFile(
  path: string,
  { last, memory, ownPublicKey }: PeersToSave,
): Promise<LoadedPeers> {
  const there = await readPeersFile(path, last, ownPublicKey);
  const peers = mergedPeers({ base: last.list.peers, file: there.list.peers, memory });
  const edit = editBetween(there.list.peers, peers);
  const list = { peers, rejected: there.list.rejected };
  if (edit.put.length + edit.remove.length === 0) return { list, image: there.image };
  const text = checked(editPeersYaml(there.image.text, edit), peers, ownPublicKey);
  const isEdited = !there.image.isSameAs(last.image);
  if (isEdited && there.image.bytes !== undefined) await backUp(path, there.image.bytes, new Date());
  await writeFileAtomic(path, text, await modeOf(path));
  return { list, image: FileImage.of(text) };
}

/** The edit that leads from one list to another, key by key. */
function editBetween(from: readonly PeerEntry[], to: readonly PeerEntry[]): PeersEdit {
  const before = new Map(from.map((entry) => [encodeBase64(entry.publicKey), entry]));
  const after = new Set(to.map(({ publicKey }) => encodeBase64(publicKey)));
  const isNews = (entry: PeerEntry): boolean => {
    const old = before.get(encodeBase64(entry.publicKey));
    return old === undefined || !saysTheSame(old, entry) || old.lastSeenS !== entry.lastSeenS;
  };
  return {
    put: to.filter(isNews),
    remove: from
      .filter(({ publicKey }) => !after.has(encodeBase64(publicKey)))
      .map(({ publicKey }) => publicKey),
  };
}

/** The text, if it says exactly that: an edit that went wrong never reaches the disk. */
function checked(text: string, peers: readonly PeerEntry[], ownPublicKey: Uint8Array): string {
  if (Buffer.byteLength(text) > PEERS_TEXT_BYTES_MAX) {
    throw new Error(`it would be larger than ${PEERS_TEXT_BYTES_MAX} bytes`);
  }
  const says = new Set(
    parsePeersYaml(text, ownPublicKey).peers.map(({ publicKey }) => encodeBase64(publicKey)),
  );
  const isComplete =
    says.size === peers.length && peers.every((own) => says.has(encodeBase64(own.publicKey)));
  if (isComplete) return text;
  throw new AppError('the edited text differs from the wanted peers', { code: 'PEERS_EDIT_FAILED' });
}

async function modeOf(path: string): Promise<number> {
  return (await readSettingsFile(path, PEERS_TEXT_BYTES_MAX))?.mode ?? PEERS_MODE;
}
