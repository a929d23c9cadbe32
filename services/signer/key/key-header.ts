import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { SCHEME_SIZES, type SchemeName } from '#libs/crypto/parameter-sets.ts';
import { FORMAT_VERSION, type KeyFileText, keyFileRefused } from './key-file-text.ts';

/** The chain and protocol that a key signs for; a bound key has a record of its signatures. */
export interface KeyBinding {
  readonly chain: Digest;
  readonly protocol: string;
}

/** The unencrypted facts of a key file. */
export interface KeyHeader {
  readonly scheme: SchemeName;
  readonly publicKey: Uint8Array;
  /** Time of creation, ISO 8601. */
  readonly created: string;
  /**
   * Undefined until the key is bound to its genesis. A bound key has a record: a missing one was lost, and the
   * signer does not start.
   */
  readonly binding: KeyBinding | undefined;
  /** Whether the secret is encrypted on disk, or in a token: signing needs the passphrase, or the PIN. */
  readonly isSealed: boolean;
  /** URI of the token that holds the key, and is its only place. */
  readonly token?: string | undefined;
  /** Whether the key was made elsewhere: nobody knows its signatures there. */
  readonly isImported: boolean;
}

/** The facts that every form of the file writes; the form itself says the rest. */
type WrittenHeader = Omit<KeyHeader, 'isSealed' | 'token'>;

/** The facts of a key file as they are read: nothing vouches for them before the seal is open. @throws CustodyError `CUSTODY_KEY_INVALID`. */
export function keyHeaderOf(path: string, text: KeyFileText): KeyHeader {
  const { scheme, public_key: publicKey, created, sealed_key: box, token_key: token } = text;
  if (publicKey.length !== SCHEME_SIZES[scheme].publicKey) {
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, 'bad public_key');
  }
  const facts = { scheme, publicKey, created, binding: bindingOf(path, text) };
  const isSealed = box !== undefined || token !== undefined;
  return { ...facts, isSealed, isImported: text.imported === true, token };
}

function bindingOf(path: string, { chain_digest: chain, protocol }: KeyFileText): KeyBinding | undefined {
  if ((chain === null) !== (protocol === null)) {
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, 'chain_digest and protocol come together');
  }
  return chain === null || protocol === null ? undefined : { chain, protocol };
}

/** The unencrypted fields, in this order: the seal covers exactly these bytes. */
export function headerFields({ scheme, publicKey, created, binding, isImported }: WrittenHeader) {
  return {
    version: FORMAT_VERSION,
    scheme,
    public_key: toHex(publicKey),
    created,
    chain_digest: binding?.chain ?? null,
    protocol: binding?.protocol ?? null,
    ...(isImported ? { imported: true } : {}),
  } as const;
}

/** The bytes beside the secret that its seal covers. */
export function sealedBeside(header: WrittenHeader): Uint8Array {
  return Buffer.from(JSON.stringify(headerFields(header)), 'utf8');
}
