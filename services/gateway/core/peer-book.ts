/** One entry of peers.yaml. */
export interface PeerEntry {
  /** Raw Ed25519 public key as lower-case hex. */
  readonly key: string;
  /** Multiaddrs in order of preference. */
  readonly addresses: readonly string[];
  /** Told by other peers. */
  readonly isLearned?: boolean;
}

/** What to do with the peers there are so that they become the peers that shall be. */
export interface PeerChanges {
  readonly added: readonly PeerEntry[];
  readonly removed: readonly string[];
  /** Same key, other addresses: the connection stays. */
  readonly readdressed: readonly PeerEntry[];
}

export interface PeerSources {
  /** Entries of peers.yaml, in their order. */
  readonly configured: readonly PeerEntry[];
  /** What other peers told of themselves (P2P-70). */
  readonly learned: readonly PeerEntry[];
  /** Keys of the members of the chain; undefined while it is unknown. */
  readonly members: ReadonlySet<string> | undefined;
  readonly self: string;
}

/**
 * Everyone this gateway connects to: the entries of peers.yaml in their order; then who was learned, but of those only
 * members once the chain is known; then members without an address, who can only connect by themselves. Ourselves never;
 * a key twice counts once, the first wins (P2P-40): what the operator wrote stands above what was learned.
 */
export function knownPeers({ configured, learned, members, self }: PeerSources): readonly PeerEntry[] {
  const known = new Map<string, PeerEntry>();
  const wanted = learned.filter(({ key }) => members === undefined || members.has(key));
  for (const entry of [...configured, ...wanted]) if (!known.has(entry.key)) known.set(entry.key, entry);
  for (const key of members ?? []) if (!known.has(key)) known.set(key, { key, addresses: [] });
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
