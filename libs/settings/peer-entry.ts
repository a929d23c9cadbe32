import { multiaddr } from '@multiformats/multiaddr';
import { decodeBase64 } from './base64.ts';
import { KEY_HALF_BYTES, peerIdOf } from './keys.ts';
import { PEER_ADDRESSES_MAX } from './limits.ts';

/** A peer that may be dialled. */
export interface PeerEntry {
  /** Raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Multiaddrs in order of preference, at least one. A `/p2p/<id>` in one agrees with the key. */
  readonly addresses: readonly string[];
  /** When it was last connected, in seconds since 1970; absent: nobody knows. Breaks ties in a merge (P2P-38). */
  readonly lastSeenS?: number;
  /** Learned by peer exchange. Absent or false: a person wrote it, and nobody else changes its addresses. */
  readonly learned?: boolean;
}

const KEY_BYTES_MIN = 16;
const KEY_BYTES_MAX = 128;

/**
 * A peer from its texts, or why it is none, in the words of test/requirements/texts.md 2.3 without `... at index i: `.
 */
export type PeerEntryResult =
  | { readonly kind: 'peer'; readonly peer: PeerEntry }
  | { readonly kind: 'bad-key'; readonly problem: string }
  | { readonly kind: 'bad-addresses'; readonly problem: string };

/** Checks one entry of peers.yaml: its key, then its addresses, then that both name the same peer. */
export function peerEntry(publicKeyText: string, addresses: readonly string[]): PeerEntryResult {
  const key = readPublicKey(publicKeyText);
  if ('problem' in key) return { kind: 'bad-key', problem: key.problem };
  const problem = addressesProblem(addresses, peerIdOf(key.publicKey));
  if (problem !== undefined) return { kind: 'bad-addresses', problem };
  return { kind: 'peer', peer: { publicKey: key.publicKey, addresses } };
}

function readPublicKey(text: string): { readonly publicKey: Uint8Array } | { readonly problem: string } {
  if (text === '') return { problem: 'public key cannot be empty' };
  const decoded = decodeBase64(text);
  if ('problem' in decoded) return { problem: `public key is not valid base64: ${decoded.problem}` };
  const { length } = decoded.bytes;
  if (length < KEY_BYTES_MIN || length > KEY_BYTES_MAX) {
    return { problem: `public key length ${length} is outside acceptable range (16-128 bytes)` };
  }
  // Upstream lets these pass, and then cannot dial them.
  if (length !== KEY_HALF_BYTES)
    return { problem: `public key must be ${KEY_HALF_BYTES} bytes, got ${length}` };
  return { publicKey: decoded.bytes };
}

function addressesProblem(addresses: readonly string[], peerId: string): string | undefined {
  if (addresses.length === 0) return 'at least one address must be provided';
  if (addresses.length > PEER_ADDRESSES_MAX) return `more than ${PEER_ADDRESSES_MAX} addresses`;
  for (const [index, address] of addresses.entries()) {
    if (address === '') return `address at index ${index} cannot be empty`;
    const problem = multiaddrProblem(address, peerId);
    if (problem !== undefined) return `invalid multiaddress at index ${index} (${address}): ${problem}`;
  }
  return undefined;
}

/** The problem with one multiaddr of a peer; any transport passes, as upstream. */
function multiaddrProblem(address: string, peerId: string): string | undefined {
  try {
    const components = multiaddr(address).getComponents();
    if (components.length === 0) return 'no components';
    if (components.some(({ name }) => name === 'p2p-circuit')) return 'relays are not supported';
    const other = components.find(({ name, value }) => name === 'p2p' && value !== peerId);
    return other === undefined ? undefined : `/p2p/ names another peer than public_key, which is ${peerId}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable';
  }
}
