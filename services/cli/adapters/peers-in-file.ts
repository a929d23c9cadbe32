import { readFileSync, statSync } from 'node:fs';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { PEERS_TEXT_BYTES_MAX } from '#libs/settings/limits.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { parsePeersYaml, peersText } from '#libs/settings/peers-yaml.ts';
import { SettingsError } from '#libs/settings/settings-error.ts';
import { readMemberFile } from '#services/launcher/adapters/member-file.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';

/**
 * The peers of a member.json or a peers.yaml, one at least; all entries are good.
 *
 * @throws CliError naming the file, the place and the cure.
 */
export function peersInFile(file: string, ownPublicKey: Uint8Array): readonly PeerEntry[] {
  const bytes = bytesOf(file);
  // member.json is one object in braces; the peers.yaml that btcfed writes never is.
  const isMember = /^\s*\{/.test(Buffer.from(bytes.subarray(0, 100)).toString());
  return isMember ? [peerOfMember(file, ownPublicKey)] : listedPeers(file, { bytes, ownPublicKey });
}

function bytesOf(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > PEERS_TEXT_BYTES_MAX) throw new Error(`larger than ${PEERS_TEXT_BYTES_MAX} bytes`);
    return readFileSync(file);
  } catch (cause) {
    throw invalidInput(`${file}: ${fileReason(cause)}`, cause);
  }
}

function peerOfMember(file: string, ownPublicKey: Uint8Array): PeerEntry {
  const { name, gatewayPublicKey: publicKey, addresses } = readMemberFile(file);
  if (equalBytes(publicKey, ownPublicKey))
    throw invalidInput(`${file}: this is the member of this home itself: take the file of another member`);
  if (addresses.length > 0) return { publicKey, addresses };
  throw invalidInput(
    `${file}: ${name} has no addresses: add one to "addresses", such as /dns4/${name}.example/tcp/9000`,
  );
}

interface Listed {
  readonly bytes: Uint8Array;
  readonly ownPublicKey: Uint8Array;
}

function listedPeers(file: string, { bytes, ownPublicKey }: Listed): readonly PeerEntry[] {
  try {
    const { peers, rejected } = parsePeersYaml(peersText(bytes), ownPublicKey);
    const [first] = rejected;
    if (first !== undefined) throw invalidInput(`${file}: ${first.reason}; nothing was added`);
    if (peers.length > 0) return peers.map(({ publicKey, addresses }) => ({ publicKey, addresses }));
    throw invalidInput(
      `${file}: no peers in it: give a member.json, or a list "peers:" with public_key and addresses`,
    );
  } catch (error) {
    throw error instanceof SettingsError ? invalidInput(error.inFile(file), error) : error;
  }
}
