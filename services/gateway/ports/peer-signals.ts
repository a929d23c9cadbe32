/** Tells the outside about connections; it may be away, and never delays anything (P2P-09). */
export interface PeerSignals {
  connected(peer: { readonly publicKey: Uint8Array; readonly peerId: string }): void;
  disconnected(peer: PeerTrouble): void;
  /** The first dial of a row failed, or so many that only trials follow. */
  connectionFailed(peer: PeerTrouble): void;
}

/** A peer, and why it is not connected. */
export interface PeerTrouble {
  readonly publicKey: Uint8Array;
  readonly peerId: string;
  readonly reason: string;
}
