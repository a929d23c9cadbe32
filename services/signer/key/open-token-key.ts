import { equalBytes } from '#libs/bytes/bytes.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import type { SignatureScheme, SigningKey } from '#libs/crypto/signature-scheme.ts';
import { tokenKey } from '#libs/crypto/token-key.ts';
import { tokenOf } from '#libs/crypto/token-uri.ts';
import { CustodyError } from '../words/errors.ts';
import type { Passphrase } from './key-file.ts';
import type { KnownPins } from './known-pins.ts';

export interface OpenTokenKeyOptions {
  /** Path of the key file. */
  readonly path: string;
  readonly scheme: SignatureScheme;
  readonly uri: string;
  /** The key that the token must have under that name: another key has another record. */
  readonly publicKey: Uint8Array;
  /** The PIN. */
  readonly passphrase: Passphrase;
  readonly pins: KnownPins;
}

/**
 * The key behind the URI of a key file, once the token took the PIN.
 * @throws CustodyError `CUSTODY_KEY_SEALED` without a PIN, `CUSTODY_KEY_FOREIGN` when the token has another key there;
 * CryptoError as `tokenKey`.
 */
export async function openTokenKey(options: OpenTokenKeyOptions): Promise<SigningKey> {
  const { path, scheme, uri, publicKey, passphrase, pins } = options;
  if (passphrase === undefined) {
    const reason = 'its key is in a token: give its PIN by SIGNER_PASSPHRASE_FILE, or "btcfed signer unlock"';
    throw new CustodyError(`key file ${path}: ${reason}`, { code: 'CUSTODY_KEY_SEALED', path });
  }
  const pin = await passphrase();
  const kept = Buffer.from(pin);
  try {
    await pins.check(tokenOf(uri), pin);
    const key = tokenKey(scheme, uri, pin);
    await pins.learn(tokenOf(uri), kept);
    if (equalBytes(key.publicKey, publicKey)) return key;
    const found = keyId(key.publicKey);
    key.close();
    const reason = `the token has key ${found} under ${uri}, and the record is of ${keyId(publicKey)}: put back that token, or name the key by its id= if two have one name`;
    throw new CustodyError(`key file ${path}: ${reason}`, { code: 'CUSTODY_KEY_FOREIGN', path });
  } finally {
    pin.fill(0);
    kept.fill(0);
  }
}
