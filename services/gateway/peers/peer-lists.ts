import { toHex } from '#libs/bytes/hex.ts';
import type { PeerBookEntry, PeerSources } from '../core/peer-book.ts';
import type { ConfiguredPeer } from '../ports/configuration.ts';

/** Where peers are known from: a person wrote them, peer exchange found them, or an earlier run did. */
export class PeerLists {
  #configured: readonly PeerBookEntry[] = [];
  #learned: readonly PeerBookEntry[] = [];
  #remembered: readonly PeerBookEntry[] = [];

  get sources(): Pick<PeerSources, 'configured' | 'learned'> {
    return { configured: this.#configured, learned: [...this.#learned, ...this.#remembered] };
  }

  /** Takes the peers of the configuration, those among them that an earlier run learned too. */
  configure(peers: readonly ConfiguredPeer[]): void {
    this.#configured = peers.filter(({ learned }) => !learned).map(entryOf);
    this.#remembered = peers.filter(({ learned }) => learned).map(entryOf);
  }

  /** Takes the peers that peer exchange found, in place of the previous ones. */
  learn(learned: readonly PeerBookEntry[]): void {
    this.#learned = learned;
  }
}

function entryOf({ publicKey, addresses }: ConfiguredPeer): PeerBookEntry {
  return { key: toHex(publicKey), addresses };
}
