/** One entry of peers.yaml. */
export interface PeerBookEntry {
  /** Raw Ed25519 public key as lower-case hex. */
  readonly key: string;
  /** Multiaddrs in order of preference. */
  readonly addresses: readonly string[];
  /** Whether this gateway learned the peer from other peers. */
  readonly isLearned?: boolean;
}

/** The changes that turn the present peers into the wanted ones. */
export interface PeerChanges {
  readonly added: readonly PeerBookEntry[];
  readonly removed: readonly string[];
  /** Same key, other addresses: the connection stays. */
  readonly readdressed: readonly PeerBookEntry[];
}

export interface PeerSources {
  /** Entries of peers.yaml, in their order. */
  readonly configured: readonly PeerBookEntry[];
  /** The entries that other peers signed and that reached us (P2P-70). */
  readonly learned: readonly PeerBookEntry[];
  /** Keys of the members of the chain; undefined while it is unknown. */
  readonly members: ReadonlySet<string> | undefined;
  readonly self: string;
}

/**
 * The peers that this gateway connects to. First the entries of peers.yaml in their order; then learned peers,
 * but only members once the chain is known; then members without an address, who can only connect by
 * themselves. Ourselves never. A key that occurs twice counts once, and the first wins (P2P-40): the operator's
 * entries stand above learned ones.
 */
export function knownPeers({ configured, learned, members, self }: PeerSources): readonly PeerBookEntry[] {
  const known = new Map<string, PeerBookEntry>();
  const wanted = learned.filter(({ key }) => members === undefined || members.has(key));
  for (const entry of [...configured, ...wanted]) if (!known.has(entry.key)) known.set(entry.key, entry);
  for (const key of members ?? []) if (!known.has(key)) known.set(key, { key, addresses: [] });
  known.delete(self);
  return [...known.values()];
}

/** Compares two lists of peers. Unchanged peers are not in the answer, so their connections are not touched. */
export function comparePeers(before: readonly PeerBookEntry[], after: readonly PeerBookEntry[]): PeerChanges {
  const old = new Map(before.map((entry) => [entry.key, entry]));
  const kept = new Set(after.map(({ key }) => key));
  return {
    added: after.filter(({ key }) => !old.has(key)),
    removed: before.map(({ key }) => key).filter((key) => !kept.has(key)),
    readdressed: after.filter((entry) => hasOtherAddresses(entry, old.get(entry.key))),
  };
}

function hasOtherAddresses(entry: PeerBookEntry, old: PeerBookEntry | undefined): boolean {
  return old !== undefined && old.addresses.join(' ') !== entry.addresses.join(' ');
}
