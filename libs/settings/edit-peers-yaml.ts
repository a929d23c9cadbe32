import { type Document, isMap, isScalar, isSeq, type YAMLMap, YAMLSeq } from 'yaml';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { PeerEntry } from './peer-entry.ts';
import { lastSeenText, peersYaml } from './peers-yaml.ts';
import { editYaml } from './yaml-edit.ts';

/** The wanted changes of peers.yaml. */
export interface PeersEdit {
  /** New entries, and entries that changed. */
  readonly put: readonly PeerEntry[];
  /** Raw public keys of entries to remove. */
  readonly remove: readonly Uint8Array[];
}

/**
 * peers.yaml with an edit made in it; `text` must be one that `parsePeersYaml` reads, or undefined for a new file.
 * Comments, order, unknown keys and entries that are not named stay as they are (P2P-32). An entry that was left out
 * as invalid stays too: its author must fix it.
 */
export function editPeersYaml(text: string | undefined, edit: PeersEdit): string {
  return editYaml(text ?? peersYaml([]), (document) => {
    const peers = peerSequence(document);
    const removed = new Set(edit.remove.map(encodeBase64));
    peers.items = peers.items.filter((item) => !removed.has(keyOf(item) ?? ''));
    const fresh = updateItems(document, peers.items, edit.put);
    for (const entry of fresh) peers.add(newItem(document, entry));
    // A list in brackets can hold no comments and grows into one long line.
    if (peers.items.length > 0) peers.flow = false;
  });
}

/** Updates the items that are there, and returns the entries that have none. */
function updateItems(document: Document, items: readonly unknown[], put: readonly PeerEntry[]): PeerEntry[] {
  const byKey = new Map(put.map((entry) => [encodeBase64(entry.publicKey), entry]));
  for (const item of items) {
    const key = keyOf(item) ?? '';
    const entry = byKey.get(key);
    if (entry === undefined || !isMap(item)) continue;
    update(document, item, entry);
    // The first of several entries with one key is the one that counts (P2P-40).
    byKey.delete(key);
  }
  return [...byKey.values()];
}

function peerSequence(document: Document): YAMLSeq {
  const there = document.get('peers', true);
  if (isSeq(there)) return there;
  const made = new YAMLSeq(document.schema);
  if (isScalar(there)) made.commentBefore = there.comment ?? there.commentBefore ?? null;
  if (!isMap(document.contents) || document.contents.items.length === 0) {
    document.contents = document.createNode({});
  }
  document.set('peers', made);
  return made;
}

/** The key in its one canonical text; undefined for an item that names none. */
function keyOf(item: unknown): string | undefined {
  const text = isMap(item) ? item.get('public_key') : undefined;
  const decoded = typeof text === 'string' ? decodeBase64(text) : { problem: 'not there' };
  return 'bytes' in decoded ? encodeBase64(decoded.bytes) : undefined;
}

function update(document: Document, item: YAMLMap, { addresses, lastSeenS, learned }: PeerEntry): void {
  const there = item.get('addresses', true);
  const now = isSeq(there) ? there.items.map((each) => (isScalar(each) ? each.value : undefined)) : [];
  if (now.join('\n') !== addresses.join('\n')) item.set('addresses', document.createNode(addresses));
  if (lastSeenS !== undefined) item.set('last_seen', lastSeenText(lastSeenS));
  if (learned === true) item.set('learned', true);
  else item.delete('learned');
}

function newItem(document: Document, { publicKey, addresses, lastSeenS, learned }: PeerEntry) {
  return document.createNode({
    public_key: encodeBase64(publicKey),
    addresses,
    ...(lastSeenS === undefined ? {} : { last_seen: lastSeenText(lastSeenS) }),
    ...(learned === true ? { learned } : {}),
  });
}
