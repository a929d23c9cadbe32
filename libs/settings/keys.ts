import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { base58 } from './base58.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { SettingsError } from './settings-error.ts';

/** Bytes of an Ed25519 seed and of an Ed25519 public key. */
export const KEY_HALF_BYTES = 32;

/** Bytes of a private key in Go's layout: the seed, then the public key (test/requirements/texts.md 2.4). */
const PRIVATE_KEY_BYTES = 64;

const PKCS8_ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Identity multihash of 36 bytes, then the protobuf of an Ed25519 public key. */
const PEER_ID_PREFIX = Buffer.from('002408011220', 'hex');
const HIDDEN = '[private key]';

/**
 * The node's libp2p identity. The secret stays in a private field and every way of printing the object hides
 * it, so that it cannot slip into a log, an event or an error (P2P-66, LOG-16).
 */
export class IdentityKey {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws SettingsError KEY_INVALID unless `bytes` are seed and public key, 64 bytes. */
  static fromBytes(bytes: Uint8Array): IdentityKey {
    if (bytes.length === PRIVATE_KEY_BYTES) return new IdentityKey(new Uint8Array(bytes));
    throw new SettingsError(`private key must be 64 bytes, got ${bytes.length}`, { code: 'KEY_INVALID' });
  }

  /**
   * Reads `node.private_key`.
   *
   * @throws SettingsError KEY_INVALID with the text of test/requirements/texts.md 2.2.
   */
  static fromBase64(text: string): IdentityKey {
    const decoded = decodeBase64(text);
    if ('bytes' in decoded) return IdentityKey.fromBytes(decoded.bytes);
    throw new SettingsError(`private key must be valid base64: ${decoded.problem}`, { code: 'KEY_INVALID' });
  }

  static fromSeed(seed: Uint8Array): IdentityKey {
    return IdentityKey.fromBytes(Buffer.concat([seed, publicKeyOfSeed(seed)]));
  }

  /** A fresh key from the operating system's random source (P2P-52). */
  static generate(): IdentityKey {
    return IdentityKey.fromSeed(randomBytes(KEY_HALF_BYTES));
  }

  /** The secret itself, in Go's layout, a copy: for the file, and for the gateway over the local socket. */
  secretBytes(): Uint8Array {
    return new Uint8Array(this.#bytes);
  }

  /** The secret as `node.private_key` holds it. */
  secretBase64(): string {
    return encodeBase64(this.#bytes);
  }

  /** The last half of the bytes: it identifies the node, also when the halves disagree. */
  get publicKey(): Uint8Array {
    return this.#bytes.slice(KEY_HALF_BYTES);
  }

  get peerId(): string {
    return peerIdOf(this.publicKey);
  }

  /** Whether the public half belongs to the seed. If not, no peer can finish a handshake with this node. */
  get halvesAgree(): boolean {
    return equalBytes(publicKeyOfSeed(this.#bytes.subarray(0, KEY_HALF_BYTES)), this.publicKey);
  }

  equals(other: IdentityKey): boolean {
    return equalBytes(this.#bytes, other.#bytes);
  }

  toJSON(): string {
    return HIDDEN;
  }

  toString(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** libp2p peer id of a raw Ed25519 public key, as base58btc: always starts with `12D3KooW`. */
export function peerIdOf(publicKey: Uint8Array): string {
  return base58(Buffer.concat([PEER_ID_PREFIX, publicKey]));
}

function publicKeyOfSeed(seed: Uint8Array): Uint8Array {
  const der = Buffer.concat([PKCS8_ED25519_PREFIX, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(spki.length - KEY_HALF_BYTES));
}
