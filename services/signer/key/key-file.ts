import { toHex } from '#libs/bytes/hex.ts';
import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import { openSecret } from '#libs/crypto/sealed-secret.ts';
import { KEY_FILE_BYTES_MAX } from '../words/limits.ts';
import { type KeyFileText, keyFileRefused, parsedText } from './key-file-text.ts';
import { type KeyHeader, keyHeaderOf, sealedBeside } from './key-header.ts';
import { readPrivateFile } from './private-file.ts';

/** The consensus key as it lies on disk. The reader clears `secretKey`, empty for a token, once it is loaded. */
export interface KeyFile extends KeyHeader {
  readonly secretKey: Uint8Array;
}

/** The passphrase of a sealed key, asked for when it is needed; undefined: there is none. The asker clears it. */
export type Passphrase = (() => Promise<Buffer>) | undefined;

/**
 * Reads a key file that is well-formed, of its owner alone, and of a public key that belongs to its secret; opens a
 * sealed one with the passphrase.
 * @throws CustodyError `CUSTODY_KEY_MISSING`, `CUSTODY_FILE_UNREADABLE`, `CUSTODY_KEY_EXPOSED`, `CUSTODY_KEY_INVALID`,
 * `CUSTODY_KEY_SEALED` when it is sealed and there is no passphrase, or CryptoError when it does not open; never with a
 * part of the key in it.
 */
export async function readKeyFile(path: string, passphrase?: Passphrase): Promise<KeyFile> {
  const text = await readText(path);
  if (text.token_key !== undefined) return { ...keyHeaderOf(path, text), secretKey: new Uint8Array() };
  return keyOf(path, text, await secretOf(path, text, passphrase));
}

/**
 * The unencrypted part of a key file; nothing vouches for it yet, because the seal is not opened.
 * @throws CustodyError as `readKeyFile` does.
 */
export async function readKeyHeader(path: string): Promise<KeyHeader> {
  const text = await readText(path);
  const { secret_key: plain } = text;
  if (plain === undefined) return keyHeaderOf(path, text);
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

async function secretOf(path: string, text: KeyFileText, passphrase: Passphrase): Promise<Uint8Array> {
  const { secret_key: plain, sealed_key: box } = text;
  if (plain !== undefined) return plain;
  if (passphrase === undefined || box === undefined) {
    const reason = 'it is sealed: give its passphrase by SIGNER_PASSPHRASE_FILE, or "btcfed signer unlock"';
    throw keyFileRefused('CUSTODY_KEY_SEALED', path, reason);
  }
  const words = await passphrase();
  const header = keyHeaderOf(path, text);
  return openSecret(box, words, sealedBeside(header)).finally(() => words.fill(0));
}

function keyOf(path: string, text: KeyFileText, secretKey: Uint8Array): KeyFile {
  const header = keyHeaderOf(path, text);
  const { scheme, publicKey } = header;
  const sizes = SCHEME_SIZES[scheme];
  if (secretKey.length !== sizes.secretKey)
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, 'bad secret_key');
  if (toHex(secretKey.subarray(sizes.secretKey / 2)) !== toHex(publicKey)) {
    throw keyFileRefused('CUSTODY_KEY_INVALID', path, 'public_key and secret_key belong to different keys');
  }
  return { ...header, secretKey };
}
