import { toHex } from '#libs/bytes/hex.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';

/** The three names of a peer. */
export interface PeerNames {
  /** Raw Ed25519 public key. */
  readonly publicKey: Uint8Array;
  /** libp2p peer id, base58. */
  readonly peerId: string;
  /** Multiaddrs without a peer id. */
  readonly addresses: readonly string[];
}

const PEER_ID_PART = /\/p2p\/(?<id>[^/]+)$/;

/**
 * The peers that a person means: by peer id, by key (base64 as in peers.yaml, or hex) or by address. Several only when
 * they share an address; none when an address ends with the id of another peer.
 */
export function peersNamed<P extends PeerNames>(peers: readonly P[], name: string): readonly P[] {
  const id = PEER_ID_PART.exec(name)?.groups?.['id'];
  const address = name.replace(PEER_ID_PART, '');
  return peers.filter(({ peerId, publicKey, addresses }) => {
    if (name === peerId || name === encodeBase64(publicKey) || name.toLowerCase() === toHex(publicKey)) {
      return true;
    }
    return addresses.includes(address) && (id === undefined || id === peerId);
  });
}
