import { encodeBase64 } from './base64.ts';
import { PEERS_MAX } from './limits.ts';
import type { PeerEntry } from './peer-entry.ts';

/** Changes of peers, as the gateway reports them. */
export interface PeersUpdate {
  /** Peers that were learned, or seen again. */
  readonly seen: readonly PeerEntry[];
  /** Raw public keys of learned peers to forget. */
  readonly removed: readonly Uint8Array[];
}

/** Entries of an update that were left out, by their index in `seen`. */
export interface UpdatedPeers {
  readonly peers: readonly PeerEntry[];
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

interface UpdateSurroundings {
  /** Seconds since 1970. A time after it is one of a wrong clock and counts as now (P2P-85). */
  readonly nowS: number;
  readonly ownPublicKey: Uint8Array;
}

/**
 * Applies an update to a list. An entry of a person keeps its addresses and is never removed: only its time of last
 * sight changes. For a learned entry the later statement wins.
 */
export function updatedPeers(
  list: readonly PeerEntry[],
  update: PeersUpdate,
  { nowS, ownPublicKey }: UpdateSurroundings,
): UpdatedPeers {
  const byKey = entriesByKey(list);
  const own = encodeBase64(ownPublicKey);
  const rejected: { index: number; reason: string }[] = [];
  for (const [index, entry] of update.seen.entries()) {
    const key = encodeBase64(entry.publicKey);
    const known = byKey.get(key);
    if (key === own) rejected.push({ index, reason: 'own public key' });
    else if (known === undefined && byKey.size >= PEERS_MAX) {
      rejected.push({ index, reason: `${PEERS_MAX} peers are known already` });
    } else byKey.set(key, seenAgain(known, entry, nowS));
  }
  for (const key of update.removed.map(encodeBase64)) {
    if (byKey.get(key)?.learned === true) byKey.delete(key);
  }
  return { peers: [...byKey.values()], rejected };
}

function seenAgain(known: PeerEntry | undefined, entry: PeerEntry, nowS: number): PeerEntry {
  const lastSeenS = Math.min(entry.lastSeenS ?? 0, nowS);
  const { publicKey } = entry;
  if (known === undefined)
    return withSeen({ publicKey, addresses: entry.addresses, learned: true }, lastSeenS);
  const later = lastSeenS >= (known.lastSeenS ?? 0);
  const isLearned = known.learned === true;
  return withSeen(isLearned && later ? { ...known, addresses: entry.addresses } : known, lastSeenS);
}

/** The three lists of a merge; none holds a key twice. */
export interface PeersToMerge {
  /** The list that file and memory last agreed on. */
  readonly base: readonly PeerEntry[];
  readonly file: readonly PeerEntry[];
  readonly memory: readonly PeerEntry[];
}

/**
 * Merges a person's edits of the file with the peers that were learned meanwhile (P2P-38). Each side's changes since
 * `base` are kept; where both changed an entry, the one seen later wins, and the file if neither was. Entries that a
 * person removed are gone, and entries that a person wrote are never removed. Entries stand in the order of the file,
 * new ones behind.
 */
export function mergedPeers({ base, file, memory }: PeersToMerge): readonly PeerEntry[] {
  const inBase = entriesByKey(base);
  const inFile = entriesByKey(file);
  const inMemory = entriesByKey(memory);
  const keys = new Set([...inFile.keys(), ...inMemory.keys()]);
  const merged: PeerEntry[] = [];
  for (const key of keys) {
    const entry = mergedEntry(inBase.get(key), inFile.get(key), inMemory.get(key));
    if (entry !== undefined && merged.length < PEERS_MAX) merged.push(entry);
  }
  return merged;
}

function mergedEntry(
  base: PeerEntry | undefined,
  file: PeerEntry | undefined,
  memory: PeerEntry | undefined,
): PeerEntry | undefined {
  if (file === undefined) return base === undefined ? memory : undefined;
  if (memory === undefined) return base !== undefined && saysTheSame(file, base) ? undefined : file;
  const winner = pickContent({ base, file, memory });
  return withSeen(winner, Math.max(file.lastSeenS ?? 0, memory.lastSeenS ?? 0));
}

interface Rivals {
  readonly base: PeerEntry | undefined;
  readonly file: PeerEntry;
  readonly memory: PeerEntry;
}

function pickContent({ base, file, memory }: Rivals): PeerEntry {
  if (base !== undefined && saysTheSame(file, base)) return memory;
  if (base !== undefined && saysTheSame(memory, base)) return file;
  return (memory.lastSeenS ?? 0) > (file.lastSeenS ?? 0) ? memory : file;
}

/** Whether two entries of one key differ in nothing but the time they were seen. */
export function saysTheSame(a: PeerEntry, b: PeerEntry): boolean {
  return (a.learned === true) === (b.learned === true) && a.addresses.join('\n') === b.addresses.join('\n');
}

/** The entry, seen at that time at the latest; 0 is no time. */
function withSeen(entry: PeerEntry, lastSeenS: number): PeerEntry {
  const latest = Math.max(lastSeenS, entry.lastSeenS ?? 0);
  return latest === 0 ? entry : { ...entry, lastSeenS: latest };
}

function entriesByKey(entries: readonly PeerEntry[]): Map<string, PeerEntry> {
  return new Map(entries.map((entry) => [encodeBase64(entry.publicKey), entry]));
}
