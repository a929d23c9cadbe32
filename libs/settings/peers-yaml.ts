import { acceptable, type EntryResult, placedReason } from './acceptable-peer.ts';
import { encodeBase64 } from './base64.ts';
import { FILE_VERSION, fileVersion } from './file-version.ts';
import { PEERS_MAX, PEERS_TEXT_BYTES_MAX } from './limits.ts';
import { type PeerEntry, peerEntry } from './peer-entry.ts';
import { SettingsError } from './settings-error.ts';
import { utf8Text } from './utf8-text.ts';
import { type YamlSection, YamlTypeError } from './yaml-section.ts';
import { readYaml } from './yaml-source.ts';

/** An entry that was left out. */
export interface RejectedPeer {
  /** Position in the file, from 0. */
  readonly index: number;
  readonly reason: string;
}

export interface ParsedPeers {
  readonly peers: readonly PeerEntry[];
  readonly rejected: readonly RejectedPeer[];
}

export const NO_PEERS: ParsedPeers = { peers: [], rejected: [] };

const MS_PER_SECOND = 1_000;
const PROMISED = 'failed to parse peer file: ';

/**
 * Reads peers.yaml. A bad entry is left out with a reason and the rest stays (P2P-33,
 * test/requirements/contradictions.md row 8). The first of several entries with one key wins (P2P-40), also when they
 * write the key differently, and the node's own key is nobody to dial. `[]`, null, `{}` and nothing but comments mean
 * standalone.
 *
 * @throws SettingsError PEERS_EMPTY for zero bytes, which are more likely a torn write than a wish to be
 * alone (test/requirements/contradictions.md row 7); PEERS_UNPARSABLE when the file as a whole cannot be read.
 */
export function parsePeersYaml(text: string, ownPublicKey?: Uint8Array): ParsedPeers {
  const peers: PeerEntry[] = [];
  const rejected: RejectedPeer[] = [];
  const indexByKey = new Map<string, number>();
  const { root, entries } = readEntries(text);
  for (const [index, section] of entries.entries()) {
    const result = acceptable(readEntry(section, index), { index, indexByKey, ownPublicKey });
    if ('reason' in result) {
      const { line } = root.place(`peers[${index}]`);
      rejected.push({ index, reason: placedReason(result.reason, line) });
      continue;
    }
    peers.push(result.peer);
    indexByKey.set(encodeBase64(result.peer.publicKey), index);
  }
  return { peers, rejected };
}

/** The text of peers.yaml. @throws SettingsError PEERS_UNPARSABLE of bytes that are not UTF-8. */
export function peersText(bytes: Uint8Array): string {
  const read = utf8Text(bytes);
  if ('problem' in read) throw unparsable(read.problem);
  return read.text;
}

/** peers.yaml of these entries, which `parsePeersYaml` reads back. */
export function peersYaml(peers: readonly PeerEntry[]): string {
  const head = '# Peers of this node. A bad entry is left out and named in the log; the rest is used.\n';
  const version = `version: ${FILE_VERSION}\n`;
  if (peers.length === 0) return `${head}${version}peers: []\n`;
  return `${head}${version}peers:\n${peers.map(entryText).join('')}`;
}

function entryText({ publicKey, addresses, lastSeenS, learned }: PeerEntry): string {
  const lines = addresses.map((address) => `          - ${address}\n`);
  const seen = lastSeenS === undefined ? '' : `      last_seen: ${lastSeenText(lastSeenS)}\n`;
  const how = learned === true ? '      learned: true\n' : '';
  return `    - public_key: ${encodeBase64(publicKey)}\n      addresses:\n${lines.join('')}${seen}${how}`;
}

/** RFC 3339 in UTC with whole seconds, for a person to read. */
export function lastSeenText(seconds: number): string {
  return new Date(seconds * MS_PER_SECOND).toISOString().replace('.000', '');
}

interface Entries {
  readonly root: YamlSection;
  /** Undefined for an entry that is no mapping. */
  readonly entries: readonly (YamlSection | undefined)[];
}

function readEntries(text: string): Entries {
  if (text === '') {
    const plain = 'zero bytes; write "peers: []" to run without peers';
    throw new SettingsError(`${PROMISED}${plain}`, { code: 'PEERS_EMPTY' }, { plain });
  }
  if (Buffer.byteLength(text) > PEERS_TEXT_BYTES_MAX) {
    throw unparsable(`larger than ${PEERS_TEXT_BYTES_MAX} bytes; remove peers that are gone`);
  }
  const source = readYaml(text);
  if ('problem' in source) throw unparsable(source.problem);
  const version = decode(() => fileVersion(source.root));
  if ('problem' in version) throw unparsable(version.problem);
  const entries = decode(() => source.root.sections('peers'));
  if (entries.length > PEERS_MAX)
    throw unparsable(`more than ${PEERS_MAX} peers; remove those that are gone`);
  return { root: source.root, entries };
}

function readEntry(section: YamlSection | undefined, index: number): EntryResult {
  if (section === undefined) {
    return { reason: `invalid peer at index ${index}: not a mapping; write public_key and addresses` };
  }
  try {
    const result = peerEntry(section.text('public_key'), section.texts('addresses'));
    if (result.kind === 'peer') return { peer: { ...result.peer, ...historyOf(section) } };
    const what = result.kind === 'bad-key' ? 'public key' : 'addresses';
    return { reason: `invalid ${what} at index ${index}: ${result.problem}` };
  } catch (error) {
    if (error instanceof YamlTypeError) return { reason: `invalid peer at index ${index}: ${error.message}` };
    throw error;
  }
}

/** The fields that a node wrote beside key and addresses. An unreadable time counts as absent. */
function historyOf(section: YamlSection): Pick<PeerEntry, 'lastSeenS' | 'learned'> {
  const seenMs = Date.parse(section.text('last_seen'));
  return {
    ...(Number.isNaN(seenMs) || seenMs < 0 ? {} : { lastSeenS: Math.floor(seenMs / MS_PER_SECOND) }),
    ...(section.has('learned') && section.boolean('learned') ? { learned: true } : {}),
  };
}

function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof YamlTypeError) throw unparsable(error.message);
    throw error;
  }
}

function unparsable(plain: string): SettingsError {
  return new SettingsError(`${PROMISED}${plain}`, { code: 'PEERS_UNPARSABLE' }, { plain });
}
