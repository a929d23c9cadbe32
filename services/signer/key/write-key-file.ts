import { toHex } from '#libs/bytes/hex.ts';
import { type SealedSecret, sealSecret } from '#libs/crypto/sealed-secret.ts';
import { createFileAtomic, writeFileAtomic } from '#libs/files/atomic-file.ts';
import type { KeyFile, Passphrase } from './key-file.ts';
import { keyFileRefused } from './key-file-text.ts';
import { headerFields, sealedBeside } from './key-header.ts';

const FILE_MODE = 0o600;

type NewKeyFile = Omit<KeyFile, 'isSealed'>;

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
  const form = await formOf(key, passphrase, sealedBeside(key));
  const text = JSON.stringify({ ...headerFields(key), ...form }, null, 2);
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
