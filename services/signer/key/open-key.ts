import { equalBytes } from '#libs/bytes/bytes.ts';
import { proveKey } from '#libs/crypto/key-proof.ts';
import type { SignatureScheme, SigningKey } from '#libs/crypto/signature-scheme.ts';
import { CustodyError } from '../words/errors.ts';
import { type Passphrase, readKeyFile } from './key-file.ts';
import type { KnownPins } from './known-pins.ts';
import { openTokenKey } from './open-token-key.ts';

/** A key on disk or in a token, and the key that it must be. */
export interface KeyPlace {
  /** Path of the key file. */
  readonly path: string;
  readonly scheme: SignatureScheme;
  /** Public key according to the record: no other key is accepted, even if the key file changes later. */
  readonly publicKey: Uint8Array;
  readonly pins: KnownPins;
}

/**
 * Reads the key, checks that it is the one of the record, and has it sign once. The caller closes it.
 * @throws CustodyError `CUSTODY_KEY_FOREIGN` or those of `readKeyFile`, or CryptoError.
 */
export async function openKey(place: KeyPlace, passphrase: Passphrase): Promise<SigningKey> {
  const { path, scheme, publicKey } = place;
  const file = await readKeyFile(path, passphrase);
  try {
    if (file.scheme !== scheme.name || !equalBytes(file.publicKey, publicKey)) {
      const reason = 'it is another key than the one of the record: put back the file that belongs to it';
      throw new CustodyError(`key file ${path}: ${reason}`, { code: 'CUSTODY_KEY_FOREIGN', path });
    }
    const { token: uri } = file;
    const key =
      uri === undefined ? scheme.loadKey(file.secretKey) : await openTokenKey({ ...place, uri, passphrase });
    await proveKey(scheme, key).catch((error: unknown) => {
      key.close();
      throw error;
    });
    return key;
  } finally {
    file.secretKey.fill(0);
  }
}
