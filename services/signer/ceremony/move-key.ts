import { join } from 'node:path';
import { encryptedPkcs8 } from '#libs/crypto/encrypted-pkcs8.ts';
import { type KeyFormat, pkcs8, secretKeyText } from '#libs/crypto/key-formats.ts';
import { proveKey } from '#libs/crypto/key-proof.ts';
import { type AnyKey, readAnyKey } from '#libs/crypto/read-any-key.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { checkPassphrase } from '#libs/crypto/sealed-secret.ts';
import { writeNewFile } from '#libs/files/new-file.ts';
import { type Passphrase, readKeyFile, readKeyHeader } from '../key/key-file.ts';
import type { KeyHeader } from '../key/key-header.ts';
import { readPrivateFile } from '../key/private-file.ts';
import { createKeyFile } from '../key/write-key-file.ts';
import { CustodyError } from '../words/errors.ts';
import { KEY_FILE_NAME } from '../words/file-names.ts';
import { KEY_FILE_BYTES_MAX } from '../words/limits.ts';
import { placeForKey } from './init.ts';
import { requireOutOfToken } from './seal-key.ts';

const FILE_MODE = 0o600;

export interface ImportKeyOptions {
  /** Folder of the signer, which has no key there; created when it is missing. */
  readonly folder: string;
  /** The key in any form, in a file of its owner alone. */
  readonly file: string;
  /** Where the form does not say it. */
  readonly scheme?: string | undefined;
  /** Passphrase of the file, asked for when the file is encrypted. */
  readonly filePassphrase: () => Promise<Buffer>;
  /** Seals the key here; left out: it lies in the clear. */
  readonly passphrase?: Passphrase;
}

/**
 * Imports a key that was made elsewhere. It is marked so: with its genesis it begins in quarantine, because its
 * earlier signatures are not known (services/signer/README.md R8).
 * @throws CustodyError or CryptoError, with nothing written.
 */
export async function importKey(options: ImportKeyOptions): Promise<Omit<AnyKey, 'secretKey'>> {
  const { folder, file, scheme: named, filePassphrase, passphrase } = options;
  const content = await readPrivateFile(importedFile(file), 'followed');
  const key = await readAnyKey(content, { scheme: named, passphrase: filePassphrase }).finally(() =>
    content.fill(0),
  );
  const { scheme, publicKey, secretKey } = key;
  try {
    await proveWhole(key);
    const path = await placeForKey(folder);
    const created = new Date().toISOString();
    const kept = { scheme, publicKey, secretKey, created, binding: undefined, isImported: true };
    await createKeyFile(path, kept, passphrase);
    return { scheme, publicKey };
  } finally {
    secretKey.fill(0);
  }
}

function importedFile(path: string) {
  return {
    ...{ path, label: 'key to import', bytesMax: KEY_FILE_BYTES_MAX, missing: 'name a file with a key' },
  };
}

/** OpenSSL accepts a file whose parts belong to different keys. */
async function proveWhole({ scheme: name, secretKey }: AnyKey): Promise<void> {
  const scheme = schemeByName(name);
  const key = scheme.loadKey(secretKey);
  await proveKey(scheme, key).finally(() => key.close());
}

export interface ExportKeyOptions {
  readonly folder: string;
  /** Path of the new file; an existing file is never overwritten. */
  readonly out: string;
  readonly format: KeyFormat;
  /** Passphrase of the key, asked for when the key is sealed. */
  readonly passphrase?: Passphrase;
  /** Encrypts the file, which is PKCS#8 then; left out: the file holds the key unencrypted. */
  readonly filePassphrase?: Passphrase;
}

/**
 * Writes the key for another program. Its record stays here: two programs that sign with one key sign twice.
 * @throws CustodyError or CryptoError.
 */
export async function exportKey(options: ExportKeyOptions): Promise<KeyHeader> {
  const { folder, out, format, passphrase, filePassphrase } = options;
  const path = join(folder, KEY_FILE_NAME);
  const { secretKey, ...header } = await readKeyFile(path, passphrase);
  requireOutOfToken(path, header);
  try {
    const plain = () => secretKeyText(header.scheme, secretKey, format);
    const text =
      filePassphrase === undefined
        ? plain()
        : await encrypted(pkcs8(header.scheme, secretKey), filePassphrase);
    await writeNew(out, text);
    return header;
  } finally {
    secretKey.fill(0);
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeNewFile(path, text, FILE_MODE);
  } catch (cause) {
    const message = `${path} cannot be written: it exists already, or its folder does not let this user`;
    throw new CustodyError(message, { code: 'CUSTODY_KEY_EXISTS', path }, { cause });
  }
}

async function encrypted(der: Uint8Array, passphrase: NonNullable<Passphrase>): Promise<string> {
  const words = await passphrase();
  try {
    checkPassphrase(words);
    return await encryptedPkcs8(der, words);
  } finally {
    words.fill(0);
    der.fill(0);
  }
}

/** @throws CustodyError or CryptoError unless the key opens with this passphrase. */
export async function checkPassphraseOf(folder: string, passphrase: NonNullable<Passphrase>): Promise<void> {
  const path = join(folder, KEY_FILE_NAME);
  const { secretKey, ...header } = await readKeyFile(path, passphrase);
  requireOutOfToken(path, header);
  secretKey.fill(0);
}

/** The unencrypted part of a key file. @throws CustodyError as `readKeyHeader`. */
export function inspectKey(folder: string): Promise<KeyHeader> {
  return readKeyHeader(join(folder, KEY_FILE_NAME));
}
