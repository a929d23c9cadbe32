/** One entry of peers.yaml. */
export interface PeerEntry {
  /** Raw Ed25519 public key as lower-case hex. */
  readonly key: string;
  /** Multiaddrs in order of preference. */
  readonly addresses: readonly string[];
}

/** What to do with the peers there are so that they become the peers that shall be. */
export interface PeerChanges {
  readonly added: readonly PeerEntry[];
  readonly removed: readonly string[];
  /** Same key, other addresses: the connection stays. */
  readonly readdressed: readonly PeerEntry[];
}

/**
 * Everyone this gateway knows: the entries of peers.yaml in their order, then members that it does not name, which
 * can only connect by themselves. Ourselves never; a key twice counts once, the first wins (P2P-40).
 */
export function knownPeers(
  entries: readonly PeerEntry[],
  members: ReadonlySet<string>,
  self: string,
): readonly PeerEntry[] {
  const known = new Map<string, PeerEntry>();
  for (const entry of entries) if (!known.has(entry.key)) known.set(entry.key, entry);
  for (const key of members) if (!known.has(key)) known.set(key, { key, addresses: [] });
  known.delete(self);
  return [...known.values()];
}

/** Compares two lists of peers: what did not change is not named, so its connection is not touched. */
export function comparePeers(before: readonly PeerEntry[], after: readonly PeerEntry[]): PeerChanges {
  const old = new Map(before.map((entry) => [entry.key, entry]));
  const kept = new Set(after.map(({ key }) => key));
  return {
    added: after.filter(({ key }) => !old.has(key)),
    removed: before.map(({ key }) => key).filter((key) => !kept.has(key)),
    readdressed: after.filter((entry) => hasOtherAddresses(entry, old.get(entry.key))),
  };
}

function hasOtherAddresses(entry: PeerEntry, old: PeerEntry | undefined): boolean {
  return old !== undefined && old.addresses.join(' ') !== entry.addresses.join(' ');
}
