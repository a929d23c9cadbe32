import { PATIENCE } from '../core/connection-limits.ts';
import { comparePeers, knownPeers, type PeerBookEntry, type PeerSources } from '../core/peer-book.ts';
import { type HostShare, shareOfAddress } from '../core/share-of-host.ts';
import { Peer } from './peer.ts';
import type { PeerSurroundings } from './peer-surroundings.ts';
import type { PeerView } from './peer-view.ts';

export interface PeerTableOptions {
  /** libp2p peer id of a raw public key. */
  readonly peerIdOf: (publicKey: Uint8Array) => string;
  readonly surroundings: PeerSurroundings;
  /** Called for a new peer before it dials or is dialled. */
  readonly onAdded: (peer: Peer) => void;
}

/** The present peers. A change of the list touches only peers that were added, removed or given other addresses. */
export class PeerTable {
  readonly #options: PeerTableOptions;
  readonly #peers = new Map<string, Peer>();
  #all: readonly Peer[] = [];
  #known: readonly PeerBookEntry[] = [];
  #hosts: ReadonlySet<HostShare> = new Set();
  #isStopped = false;

  constructor(options: PeerTableOptions) {
    this.#options = options;
  }

  /** The very same list until a peer comes or goes. */
  get all(): readonly Peer[] {
    return this.#all;
  }

  get(key: string): Peer | undefined {
    return this.#peers.get(key);
  }

  /** The hosts that peers' addresses name, without the addresses that are names. */
  get hosts(): ReadonlySet<HostShare> {
    return this.#hosts;
  }

  /** The peers in the order of the list. */
  views(): readonly PeerView[] {
    return this.#known.flatMap(({ key }) => this.#peers.get(key)?.view() ?? []);
  }

  /** Puts another list in force; resolves when the removed peers are disconnected. */
  async update(sources: PeerSources): Promise<void> {
    if (this.#isStopped) return;
    const before = this.#known;
    this.#known = knownPeers(sources);
    this.#hosts = new Set(this.#known.flatMap(({ addresses }) => addresses.flatMap(hostOf)));
    const { added, removed, readdressed } = comparePeers(before, this.#known);
    const leaving = removed.flatMap((key) => this.#peers.get(key) ?? []);
    for (const key of removed) this.#peers.delete(key);
    for (const { key, addresses } of readdressed) this.#peers.get(key)?.readdress(addresses);
    for (const entry of added) this.#add(entry);
    if (added.length + removed.length > 0) this.#all = [...this.#peers.values()];
    await Promise.all(leaving.map((peer) => peer.stop()));
  }

  /** For good: a list that comes later is of no use, and its peers would be dialled for ever. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.all.map((peer) => peer.stop()));
  }

  #add(entry: PeerBookEntry): void {
    const peerId = this.#options.peerIdOf(Buffer.from(entry.key, 'hex'));
    const peer = new Peer(entry, peerId, this.#options.surroundings);
    this.#peers.set(entry.key, peer);
    this.#options.onAdded(peer);
    peer.start(entry.isLearned === true ? PATIENCE : 1);
  }
}

function hostOf(address: string): readonly HostShare[] {
  const host = shareOfAddress(address);
  return host === undefined ? [] : [host];
}
