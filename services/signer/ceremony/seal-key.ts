import { join } from 'node:path';
import { type Passphrase, readKeyFile } from '../key/key-file.ts';
import type { KeyHeader } from '../key/key-header.ts';
import { writeKeyFile } from '../key/write-key-file.ts';
import { CustodyError } from '../words/errors.ts';
import { KEY_FILE_NAME } from '../words/file-names.ts';

export interface SealOptions {
  readonly folder: string;
  /** Passphrase of the key in the present file, asked for when it is sealed. */
  readonly passphrase?: Passphrase;
  /** Passphrase of the key in the new file; undefined: in the clear, for a key that moves to another keeper. */
  readonly newPassphrase?: Passphrase;
}

/**
 * Writes the key file anew: sealed, under another passphrase, or in the clear. Key, binding and record stay.
 * @throws CustodyError or CryptoError when it cannot be read or opened, and nothing is changed.
 */
export async function sealKey({ folder, passphrase, newPassphrase }: SealOptions): Promise<void> {
  const path = join(folder, KEY_FILE_NAME);
  const file = await readKeyFile(path, passphrase);
  requireOutOfToken(path, file);
  try {
    await writeKeyFile(path, file, newPassphrase);
  } finally {
    file.secretKey.fill(0);
  }
}

/** @throws CustodyError `CUSTODY_KEY_IN_TOKEN` for a key that cannot be taken out. */
export function requireOutOfToken(path: string, { token }: KeyHeader): void {
  if (token === undefined) return;
  const reason =
    'its key is in a token, which alone keeps it: there is nothing to seal, to export or to share out here';
  throw new CustodyError(`key file ${path}: ${reason}`, { code: 'CUSTODY_KEY_IN_TOKEN', path });
}
