import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { SCHEME_SIZES, type SchemeName } from '#libs/crypto/parameter-sets.ts';
import { openSecret, type SealedSecret, sealSecret } from '#libs/crypto/sealed-secret.ts';
import { createFileAtomic, writeFileAtomic } from '#libs/files/atomic-file.ts';
import { KEY_FILE_BYTES_MAX } from '../words/limits.ts';
import { FORMAT_VERSION, type KeyFileText, keyFileRefused, parsedText } from './key-file-text.ts';
import { readPrivateFile } from './private-file.ts';

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

/** The consensus key as it lies on disk. The reader clears `secretKey`, empty for a token, once it is loaded. */
export interface KeyFile extends KeyHeader {
  readonly secretKey: Uint8Array;
}

type NewKeyFile = Omit<KeyFile, 'isSealed'>;

/** The passphrase of a sealed key, asked for when it is needed; undefined: there is none. The asker clears it. */
export type Passphrase = (() => Promise<Buffer>) | undefined;

const FILE_MODE = 0o600;

/**
 * Reads a key file that is well-formed, of its owner alone, and of a public key that belongs to its secret; opens a
 * sealed one with the passphrase.
 * @throws CustodyError `CUSTODY_KEY_MISSING`, `CUSTODY_FILE_UNREADABLE`, `CUSTODY_KEY_EXPOSED`, `CUSTODY_KEY_INVALID`,
 * `CUSTODY_KEY_SEALED` when it is sealed and there is no passphrase, or CryptoError when it does not open; never with a
 * part of the key in it.
 */
export async function readKeyFile(path: string, passphrase?: Passphrase): Promise<KeyFile> {
  const text = await readText(path);
  if (text.token_key !== undefined) return { ...headerOf(path, text), secretKey: new Uint8Array() };
  return keyOf(path, text, await secretOf(path, text, passphrase));
}

/**
 * The unencrypted part of a key file; nothing vouches for it yet, because the seal is not opened.
 * @throws CustodyError as `readKeyFile` does.
 */
export async function readKeyHeader(path: string): Promise<KeyHeader> {
  const text = await readText(path);
  const { secret_key: plain } = text;
  if (plain === undefined) return headerOf(path, text);
  try {
    const { secretKey: _, ...header } = keyOf(path, text, plain);
    return header;
  } finally {
    plain.fill(0);
  }
}

async function readText(path: string): Promise<KeyFileText> {
  const raw = await readPrivateFile(
    {
      label: 'key file',
      path,
      bytesMax: KEY_FILE_BYTES_MAX,
      missing: 'the member needs its key, put back or made by "btcfed init"',
    },
    'refused',
  );
  try {
    const text = parsedText(path, raw);
    const { secret_key: plain, sealed_key: box, token_key: token } = text;
    if ([plain, box, token].filter((form) => form !== undefined).length === 1) return text;
    const found = [plain, box, token].some((form) => form !== undefined);
    const reason = found
      ? 'expected one of'
      : 'the secret was destroyed when the key was retired; expected one of';
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, `${reason} secret_key and sealed_key, or token_key`);
  } finally {
    raw.fill(0);
  }
}

/** Writes the file with mode 0600, whole or not at all; sealed when there is a passphrase. */
export async function writeKeyFile(path: string, key: NewKeyFile, passphrase?: Passphrase): Promise<void> {
  await writeFileAtomic(path, await keyText(key, passphrase), FILE_MODE);
}

/**
 * Writes the file of a key that has none yet. A second maker of a key in the same folder at the same time is
 * refused: one of the two public keys would belong to a secret that is gone.
 * @throws CustodyError `CUSTODY_KEY_EXISTS`.
 */
export async function createKeyFile(path: string, key: NewKeyFile, passphrase?: Passphrase): Promise<void> {
  const text = await keyText(key, passphrase);
  await createFileAtomic(path, text, FILE_MODE).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST'
      ? keyFileRefused('CUSTODY_KEY_EXISTS', path, 'it exists already', error)
      : error;
  });
}

async function keyText(key: NewKeyFile, passphrase: Passphrase): Promise<Buffer> {
  const facts = factsOf(key);
  const text = JSON.stringify({ ...facts, ...(await formOf(key, passphrase, bound(facts))) }, null, 2);
  return Buffer.from(`${text}\n`, 'utf8');
}

async function formOf(
  { token, secretKey }: Pick<KeyFile, 'token' | 'secretKey'>,
  passphrase: Passphrase,
  beside: Uint8Array,
) {
  if (token !== undefined) return { token_key: token };
  if (passphrase === undefined) return { secret_key: toHex(secretKey) };
  return { sealed_key: await sealed(secretKey, passphrase, beside) };
}

async function sealed(
  secret: Uint8Array,
  passphrase: NonNullable<Passphrase>,
  beside: Uint8Array,
): Promise<SealedSecret> {
  const words = await passphrase();
  return sealSecret(secret, words, beside).finally(() => words.fill(0));
}

/** The unencrypted fields, in this order: the seal covers exactly these bytes. */
function factsOf({ scheme, publicKey, created, binding, isImported }: Omit<KeyHeader, 'isSealed' | 'token'>) {
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

function bound(facts: ReturnType<typeof factsOf>): Uint8Array {
  return Buffer.from(JSON.stringify(facts), 'utf8');
}

async function secretOf(path: string, text: KeyFileText, passphrase: Passphrase): Promise<Uint8Array> {
  const { secret_key: plain, sealed_key: box } = text;
  if (plain !== undefined) return plain;
  if (passphrase === undefined || box === undefined) {
    const reason = 'it is sealed: give its passphrase by SIGNER_PASSPHRASE_FILE, or "btcfed signer unlock"';
    throw keyFileRefused('CUSTODY_KEY_SEALED', path, reason);
  }
  const words = await passphrase();
  const facts = factsOf(headerOf(path, text));
  return openSecret(box, words, bound(facts)).finally(() => words.fill(0));
}

function keyOf(path: string, text: KeyFileText, secretKey: Uint8Array): KeyFile {
  const header = headerOf(path, text);
  const { scheme, publicKey } = header;
  const sizes = SCHEME_SIZES[scheme];
  if (secretKey.length !== sizes.secretKey)
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, 'bad secret_key');
  if (toHex(secretKey.subarray(sizes.secretKey / 2)) !== toHex(publicKey)) {
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, 'public_key and secret_key belong to different keys');
  }
  return { ...header, secretKey };
}

function headerOf(path: string, text: KeyFileText): KeyHeader {
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
